# fokker: one file, no configure.  Everything built lies under build/, results under out/.
PREFIX  ?= /usr/local
CC      ?= gcc
WERROR  ?=
SANITIZE ?=
VERSION := 0.1.0
B       := build
PKGS    := gsl inih libcjson libpng zlib
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wno-unused-parameter $(if $(WERROR),-Werror)
ifneq (,$(findstring clang,$(shell $(CC) --version 2>/dev/null)))
WARN    += -Wno-pass-failed
endif
X86     := $(filter x86_64,$(shell uname -m))
CFLAGS  ?= -O3 -g
Q       ?= @
FLAGS   := -std=c11 -D_POSIX_C_SOURCE=200809L $(CFLAGS) -fno-math-errno -fno-trapping-math $(if $(X86),-mprefer-vector-width=512) \
           -DFOKKER_VERSION=\"$(VERSION)\" -fPIC -fopenmp $(WARN) $(SANITIZE) -I.
LIBS    := -lsundials_cvode -lsundials_nvecserial -lsundials_sunlinsoldense -lsundials_sunmatrixdense -lsundials_sunnonlinsolfixedpoint \
           -lsundials_sunnonlinsolnewton -lgsl -lopenblas -linih -lcjson -lpng -lz -ldl -lm

LIB_SRC := $(wildcard models/*.c scores/*.c solvers/*.c)
CMD_SRC := $(wildcard bench/*.c)
TST_SRC := $(filter-out tests/speed.c,$(wildcard tests/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(B)/%.o)
TST_OBJ := $(TST_SRC:%.c=$(B)/%.o)

all: $(B)/fokker $(B)/libfokker.a

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(FLAGS) -MMD -MP -c -o $@ $<

$(B)/libfokker.a: $(LIB_OBJ)
	@echo "  AR      $@"
	$(Q)rm -f $@; $(AR) rcs $@ $^

$(B)/fokker: $(CMD_OBJ) $(B)/libfokker.a
	@echo "  LD      $@"
	$(Q)$(CC) $(FLAGS) -o $@ $^ $(LIBS)

$(B)/tests/all: $(TST_OBJ) $(filter-out $(B)/bench/main.o,$(CMD_OBJ)) $(B)/libfokker.a
	@echo "  LD      $@"
	$(Q)$(CC) $(FLAGS) -o $@ $^ -lcunit $(LIBS)

$(B)/speed: $(B)/tests/speed.o $(B)/bench/setup.o $(B)/libfokker.a
	@echo "  LD      $@"
	$(Q)$(CC) $(FLAGS) -o $@ $^ $(LIBS)

speed: $(B)/speed $(B)/fokker
	$(B)/speed

test: $(B)/tests/all
	$(B)/tests/all

layers:
	@! grep -nE '#include "(scores|solvers|bench|tests)/' models/*.[ch]
	@! grep -nE '#include "(solvers|bench|tests)/' scores/*.[ch]
	@! grep -nE '#include "(bench|tests)/' solvers/*.[ch]
	@! grep -nE '#include "tests/' bench/*.[ch]

clean:
	rm -rf $(B)

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(TST_OBJ:.o=.d)
.PHONY: all test speed layers clean
