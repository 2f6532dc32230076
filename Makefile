# fokker: one file, no configure.  Everything built lies under build/, results under out/.
VERSION := $(shell sed -n 's/.*define FOKKER_VERSION "\(.*\)"/\1/p' include/fokker.h)
SONAME  := libfokker.so.$(firstword $(subst ., ,$(VERSION)))

PREFIX  ?= /usr/local
DESTDIR ?=
ifeq ($(origin CC),default)
CC      := gcc
endif
CFLAGS  ?= -O3 -g
WERROR  ?=
MPI     ?=
MPICC   ?= mpicc
SANITIZE ?=
Q       ?= @
B       := build
OBJCOPY ?= objcopy
APT     ?= apt-get

ifeq (,$(filter -j%,$(MAKEFLAGS))$(filter clean,$(MAKECMDGOALS)))
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:

# What is needed: Debian's package and the header (with a word in it, where several packages have one of that name) or program that shows it is
# there.  A plain `make` can do without the second line.
CLANG   := $(findstring clang,$(notdir $(CC)))
NEEDS   ?= libgsl-dev:gsl/gsl_version.h libsundials-dev:cvode/cvode.h libopenblas-dev:cblas.h@openblas librandom123-dev:Random123/philox.h libinih-dev:ini.h \
           libcjson-dev:cjson/cJSON.h libpng-dev:png.h zlib1g-dev:zlib.h $(if $(CLANG),$(notdir $(CC)):$(CC) libomp-dev:omp.h) \
           $(if $(MPI),libopenmpi-dev:$(MPICC) openmpi-bin:mpirun)
EXTRAS  ?= libcunit1-dev:CUnit/CUnit.h gnuplot-nox:gnuplot pkgconf:pkg-config $(if $(filter tidy,$(MAKECMDGOALS)),clang-tidy:clang-tidy) \
           $(if $(filter fuzzers,$(MAKECMDGOALS)),libclang-rt-14-dev:sanitizer/allocator_interface.h)
FETCH   := $(filter deps test unit values ranks bench students bench-weighting zoo speed asan tidy fuzzers,$(MAKECMDGOALS))
HAVE    := $(B)/have$(if $(FETCH),-all)$(if $(filter tidy,$(FETCH)),-tidy)$(if $(MPI),-mpi)

WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wno-unused-parameter -Wno-missing-field-initializers $(if $(CLANG),-Wno-pass-failed) $(if $(WERROR),-Werror)
FLAGS   := -std=c11 -D_POSIX_C_SOURCE=200809L $(CFLAGS) -fno-math-errno -fno-trapping-math \
           $(if $(filter x86_64,$(shell uname -m)),-mprefer-vector-width=512) -fPIC -fvisibility=hidden -fopenmp $(WARN) $(SANITIZE) -I.
LIBS    := -lsundials_cvode -lsundials_nvecserial -lsundials_sunlinsoldense -lsundials_sunmatrixdense -lsundials_sunnonlinsolfixedpoint \
           -lsundials_sunnonlinsolnewton -lgsl -lopenblas -linih -lcjson -lpng -lz -ldl -lm
# OpenMPI's and MPICH's wrappers run the compiler that they are told; bench/ranks.c alone is compiled by them.
WRAPPED := $(if $(MPI),env OMPI_CC='$(CC)' MPICH_CC='$(CC)' $(MPICC),$(CC))
LINK     = $(WRAPPED) $(FLAGS) $(LDFLAGS) -Wl,--as-needed -Wl,--build-id
COMMIT  := $(if $(wildcard .git),$(shell git describe --always --dirty --abbrev=12 2>/dev/null))

# Every .c file of a room, however deep: a new file needs no line here.
in       = $(sort $(shell find $1 -name '*.c'))
# The library is what include/fokker.h needs (library/), and fokker_measure needs the metrics, which know from
# bench/points.c how a model's data are scaled.  The rest of bench/ is the program.
LIB_SRC := $(call in,base models scores solvers bench/metrics library) bench/points.c
CMD_SRC := $(filter-out $(LIB_SRC),$(call in,bench))
SPD_SRC := $(call in,tests/speed)
TST_SRC := $(call in,tests/*.c $(wildcard $(patsubst %,tests/%,base models scores solvers bench library support)))
SRC     := $(LIB_SRC) $(CMD_SRC) $(TST_SRC) $(SPD_SRC)
# Networks in double besides: references, derivatives.  What reads their files is there once.
DBL_OBJ := $(patsubst %.c,$(B)/double/%.o,$(filter-out %/mlp_open.c %/network.c,$(call in,scores/networks)))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(DBL_OBJ)
CMD_OBJ := $(CMD_SRC:%.c=$(B)/%.o)
TST_OBJ := $(TST_SRC:%.c=$(B)/%.o)
SPD_OBJ := $(SPD_SRC:%.c=$(B)/%.o)
FIELDS  := $(addprefix $(B)/tests/,bell.so first.so odd.so old.so net.so counting.so counting-jvp.so counting-div.so child) # what the tests load and start
# The program and the tests see all names, the libraries' users those of include/fokker.h alone.
PARTS   := $(filter-out $(B)/bench/commands/main.o,$(CMD_OBJ)) $(LIB_OBJ)

all: $(B)/fokker $(B)/libfokker.a $(B)/libfokker.so     ## the program and the library (the default)

deps: $(HAVE)                                           ## install what is missing from Debian's packages

test: unit $(B)/libfokker.so $(B)/libfokker.a           ## all tests: units, the command line, the build and the installation
	$(if $(wildcard tests/cli.sh),FOKKER_MODELS=$(CURDIR)/models FOKKER_PLOTS=$(CURDIR)/plots sh tests/cli.sh $(B)/fokker)
	$(if $(wildcard tests/files.sh),FOKKER_MODELS=$(CURDIR)/models FOKKER_PLOTS=$(CURDIR)/plots sh tests/files.sh $(B)/fokker)
	$(if $(wildcard tests/strangers.sh),FOKKER_MODELS=$(CURDIR)/models FOKKER_PLOTS=$(CURDIR)/plots sh tests/strangers.sh $(B)/fokker)
	$(if $(SANITIZE),,CC='$(CC)' MAKE='$(MAKE)' sh tests/build.sh $(B))
	$(if $(MPI),FOKKER_MODELS=$(CURDIR)/models FOKKER_PLOTS=$(CURDIR)/plots sh tests/mpi.sh $(B)/fokker,@echo "ranks: skipped, this build has no MPI; make ranks MPI=1 tests them")

ranks: $(B)/fokker                                      ## the tests of ranks: make ranks MPI=1
	$(if $(MPI),FOKKER_MODELS=$(CURDIR)/models FOKKER_PLOTS=$(CURDIR)/plots sh tests/mpi.sh $(B)/fokker,@echo "ranks: this build has no MPI; say make ranks MPI=1")

unit: $(B)/tests/all $(B)/fokker $(FIELDS)              ## the unit tests alone; build/tests/all SUITE... runs some of them
	FOKKER_MODELS=$(CURDIR)/models FOKKER_PLOTS=$(CURDIR)/plots $(B)/tests/all

values: $(B)/tests/all                                  ## after a change of numbers that is meant: writes their lines of tests/golden/values.tsv anew
	WRITE_VALUES=1 FOKKER_MODELS=$(CURDIR)/models $(B)/tests/all values

# Every student at its own number of calls, and the consistency models at all of them; then one table with the best solver on their teachers.
STUDENT_BENCH = $(B)/fokker bench $1 --solver $2 --grid ddpm-trailing --final denoise --seed 1..5 --metric sw2 -q -o out/distilled/$3
define STUDENTS
rm -rf out/distilled
$(B)/fokker bench bench/specs/distilled.ini -q -o out/distilled/solvers >/dev/null
@for n in 1 2 4; do $(call STUDENT_BENCH,gmm8ring-mlp-$$n checkerboard-mlp-$$n digits-mlp-$$n,ddim,$$n) --samples "2000 2000 400" --nfe $$n >/dev/null || exit 1; done
@$(call STUDENT_BENCH,gmm8ring-mlp-8,ddim,8) --samples 2000 --nfe 8 >/dev/null
@$(call STUDENT_BENCH,gmm8ring-mlp-c checkerboard-mlp-c digits-mlp-c,lcm,c) --samples "2000 2000 400" --nfe "1 2 4 8" >/dev/null
@awk -f bench/specs/student.awk -f bench/specs/distilled.awk -v table=out/distilled/distilled.tsv out/distilled/*/results.tsv >out/distilled/report.txt && echo && cat out/distilled/report.txt
@gnuplot -d -c plots/distilled.gp out/distilled || echo "fokker: no plot of out/distilled; is gnuplot there?"
$(B)/fokker sample digits-mlp-1 --label each --solver ddim --grid ddpm-trailing --nfe 1 --final denoise -n 200 -q -o out/distilled/digits.npy --png out/distilled/digits.png
endef

bench: all                                              ## the main benchmark and those of the networks in models/: tables and plots in out/, out/trained, out/distilled
	rm -rf out/results.tsv out/trained/results.tsv out/distilled
	$(B)/fokker bench bench/specs/main.ini -o out
	$(B)/fokker bench bench/specs/trained.ini -o out/trained
	$(B)/fokker sample digits-mlp --label each --nfe 50 --final denoise -n 200 -o out/trained/digits.npy --png out/trained/digits.png
	$(STUDENTS)

students: all                                           ## distilled networks against the best solvers at 1, 2, 4 and 8 calls, in out/distilled
	$(STUDENTS)

# Teachers before their students.
TRAINED := gmm8ring-mlp checkerboard-mlp digits-mlp digits-mixer \
           $(foreach n,8 4 2 1 c,gmm8ring-mlp-$n) $(foreach n,4 2 1 c,checkerboard-mlp-$n digits-mlp-$n)
train-models: all                                       ## trains the networks in models/ anew; curves of their losses in out/models
	@mkdir -p out/models
	@for net in $(TRAINED); do \
	    rm -f out/models/$$net.safetensors && $(B)/fokker train models/shipped/$$net.ini -o out/models/$$net.safetensors && \
	    cp out/models/$$net.safetensors models/shipped/ || exit 1; \
	done

bench-weighting: all                                    ## one network under every weighting of the loss, four seeds each (some minutes): in out/weighting
	@$(MAKE) -f bench/specs/weighting.mk fokker=$(B)/fokker

zoo: all                                                ## every method on every shipped model: quality against NFE in out/zoo
	rm -f out/zoo/results.tsv
	$(B)/fokker bench bench/specs/zoo.ini -o out/zoo

# FEATURES=FILE names another network to judge by.
NET_BENCH = NETS='$(NETS)' DATA='$(DATA)' OWN='$(CURDIR)/out/nets/toy-own.npy' $(B)/fokker
TOY_CHAIN := vp-discrete:T=200,beta_min=1e-4,beta_max=0.02
bench-nets: all                                         ## real networks, NETS=DIR of the .onnx files, DATA=DIR of MNIST: tables and contact sheets in out/nets
	@test -n "$(NETS)" -a -n "$(DATA)" || { echo "fokker: give NETS=DIR (the .onnx files) and DATA=DIR (MNIST's test images)" >&2; exit 2; }
	rm -rf out/nets
	mkdir -p out/nets
	$(NET_BENCH) bench bench/specs/nets.ini -o out/nets $(if $(FEATURES),--features '$(FEATURES)')
	$(NET_BENCH) bench bench/specs/nets-guided.ini -o out/nets/guided $(if $(FEATURES),--features '$(FEATURES)')
	$(NET_BENCH) sample models/shipped/nets/toy-eps-mlp.ini --solver ancestral --steps 200 -n 20000 --seed 9 -o out/nets/toy-own.npy
	@for std in 1 1.41 2; do \
	    $(NET_BENCH) bench bench/specs/nets-toy.ini --process $(TOY_CHAIN),prior_std=$$std -o out/nets/toy-$$std || exit 1; \
	done
	@awk -f bench/specs/nets.awk out/nets/results.tsv out/nets/guided/results.tsv out/nets/toy-*/results.tsv > out/nets/findings.txt; echo; cat out/nets/findings.txt

LOGP    = $(B)/fokker logp gmm5-aniso16 --prior exact --no-check
bench-logp: all                                         ## log-likelihoods: solvers by calls, trace estimators by rows, in out/
	@mkdir -p out
	$(LOGP) -n 200 --solver "heun dpmpp-2m rk4 ab-3 dopri5" --nfe "24 48 96 192" -o out/logp-calls
	$(LOGP) -n 200 --rtol 1e-3 --trace "hutchinson hutchpp xtrace" --probes "4 8 16 24" -o out/logp-trace

calibrate-logp: all                                     ## error bars of log-likelihoods against closed forms: the tables of docs/likelihood.md, in out/calibrate (some minutes)
	@$(MAKE) -f bench/specs/calibrate.mk fokker=$(B)/fokker

orders: $(B)/fokker                                     ## measures all orders anew, for docs/orders.md (some minutes)
	$(B)/fokker order --tsv > $(B)/orders.tsv
	cp $(B)/orders.tsv docs/orders.tsv
	awk -f docs/orders.awk docs/orders.tsv > docs/orders.md

# libFuzzer on what reads files; what it finds of interest stays in build/fuzz/found.  Files of up to 4 KB: 64 MB is 16,000 times their size.
FUZZERS := model npy npz safetensors
FUZZ_SECONDS ?= 12
fuzz:                                                   ## what reads files under libFuzzer, FUZZ_SECONDS (12) each (clang)
	$(MAKE) fuzzers CC=clang B=build/fuzz CFLAGS='-O1 -g' SANITIZE='-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all'
	@for f in $(FUZZERS); do \
	    mkdir -p build/fuzz/found/$$f && \
	    build/fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -malloc_limit_mb=64 -timeout=10 -verbosity=0 -print_final_stats=1 \
	        -artifact_prefix=build/fuzz/$$f- build/fuzz/found/$$f tests/fuzz/corpus/$$f || exit 1; \
	done

fuzzers: $(FUZZERS:%=$(B)/fuzz_%)
$(B)/fuzz_%: tests/fuzz/fuzz.c $(patsubst %.c,$(B)/%.o,$(call in,base models))
	@echo "  LD      $@"
	$(Q)$(LINK) -fsanitize=fuzzer -DFUZZ=fuzz_$* -o $@ $^ $(LIBS)

# From the npm package, since Debian has none; only the CPU library is kept.
ORT_CPU := $(patsubst aarch64,arm64,$(patsubst x86_64,x64,$(shell uname -m)))
onnxruntime: build/onnxruntime/libonnxruntime.so        ## ONNX Runtime (CPU) into build/, for kind = onnx; npm fetches it
build/onnxruntime/libonnxruntime.so:
	@command -v npm >/dev/null || { echo "fokker: npm is missing (Debian: npm); or name a library: ORT=/path/libonnxruntime.so" >&2; exit 2; }
	@mkdir -p $(@D)
	cd $(@D) && npm pack --silent onnxruntime-node && tar -xzf onnxruntime-node-*.tgz --wildcards '*/linux/$(ORT_CPU)/libonnxruntime.so*'
	@mv $$(find $(@D)/package -name 'libonnxruntime.so*' | head -n 1) $@
	@rm -rf $(@D)/package $(@D)/*.tgz

speed: $(B)/speed $(B)/fokker $(FIELDS)                           ## the speed of the hot loops against limits measured in the same run
	$(B)/speed

asan:                                                   ## the tests under the address and undefined behaviour sanitizers
	$(MAKE) test B=$(B)/asan CFLAGS='-O2 -g -fno-omit-frame-pointer' SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'

tidy: $(HAVE)                                           ## clang-tidy by the rules in .clang-tidy
	@printf '%s\n' $(SRC) | xargs -P $$(nproc) -n 1 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- $(FLAGS) -DFOKKER_COMMIT=\"\" -DFOKKER_SHARE=\"\"' tidy

# The direction of includes, folder by folder, no circles, and lines of at most 120 columns.
layers:                                                 ## that no include runs upward or in a circle (tests/layers.sh holds the order), no line is too long
	@sh tests/layers.sh

pages:                                                  ## that what pages and comments name is there: files, links, headings
	@sh tests/pages.sh

# Objects follow their sources, the headers those include (-MMD), and the compiler and its flags.
$(B)/%.o: %.c $(B)/flags | $(HAVE)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(FLAGS) $(DEFINES) -MMD -MP -c -o $@ $<

$(B)/double/%.o: %.c $(B)/flags | $(HAVE)
	@mkdir -p $(@D)
	@echo "  CC      $< (double)"
	$(Q)$(CC) $(FLAGS) -DFOKKER_DOUBLE -MMD -MP -c -o $@ $<

$(B)/bench/ranks.o: private CC := $(WRAPPED)
$(B)/bench/ranks.o: DEFINES = $(if $(MPI),-DFOKKER_MPI)
$(B)/bench/ranks.o: $(B)/with-mpi
$(B)/bench/version.o: $(B)/commit
$(B)/bench/version.o: DEFINES = -DFOKKER_COMMIT='"$(COMMIT)"'
$(B)/models/folders.o: $(B)/prefix
$(B)/models/folders.o: DEFINES = -DFOKKER_SHARE='"$(abspath $(PREFIX))/share/fokker"'

# One object whose only global names are those of include/fokker.h: whatever a program of somebody else's calls its own
# functions, the library keeps to its own.
$(B)/libfokker.o: $(LIB_OBJ) $(B)/sources
	@echo "  LD      $@"
	$(Q)$(LD) -r -d -o $@ $(LIB_OBJ) && $(OBJCOPY) --wildcard --keep-global-symbol='fokker_*' $@

$(B)/libfokker.a: $(B)/libfokker.o
	@echo "  AR      $@"
	$(Q)rm -f $@; $(AR) rcs $@ $<

$(B)/libfokker.so: $(B)/libfokker.o
	@echo "  LD      $@"
	$(Q)$(LINK) -shared $(if $(SANITIZE),,-Wl,--no-undefined) -Wl,-soname,$(SONAME) -o $@ $< $(LIBS)

$(B)/fokker: $(CMD_OBJ) $(LIB_OBJ)
$(B)/tests/all: $(TST_OBJ) $(PARTS)
$(B)/tests/all: LIBS += -lcunit -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc    # tests/solvers/memory.c counts
$(B)/speed: $(SPD_OBJ) $(B)/tests/support/built.o $(B)/tests/support/nets.o $(PARTS)
$(B)/speed: LIBS += -Wl,--wrap=sum_terms,--wrap=sum_columns,--wrap=stage,--wrap=field_eval      # tests/speed/steps.c counts
$(B)/fokker $(B)/tests/all $(B)/speed: $(B)/sources
	@echo "  LD      $@"
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(LIBS)

# Fields of other people's: the examples and the ones that misbehave.
$(B)/tests/bell.so: docs/examples/plugin/bell.c
$(B)/tests/first.so: tests/fields/old/bell.c tests/fields/old/fokker_plugin.h
$(B)/tests/first.so: private FLAGS := $(filter-out -fvisibility=hidden,$(FLAGS))
$(B)/tests/odd.so $(B)/tests/old.so: tests/fields/odd.c
$(B)/tests/old.so: DEFINES = -DABI=99
$(B)/tests/net.so: tests/fields/net.c tests/fields/net.h
$(B)/tests/counting.so $(B)/tests/counting-jvp.so $(B)/tests/counting-div.so: tests/fields/counting.c
$(B)/tests/counting-jvp.so $(B)/tests/counting-div.so: DEFINES = -DJVP
$(B)/tests/counting-div.so: DEFINES += -DDIVERGENCE
$(B)/tests/child: tests/fields/child.c tests/fields/net.h $(B)/flags | $(HAVE)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) $(FLAGS) -o $@ $< -lm
$(B)/tests/%.so: include/fokker_field.h $(B)/flags | $(HAVE)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) $(FLAGS) $(DEFINES) -Iinclude -shared -o $@ $(filter %.c,$^) -lm

# Stamps: files that are written again when their text is another.
define STAMP
$(B)/$1: $(if $(findstring |$2|,|$(file <$(B)/$1)|),,FORCE)
	@mkdir -p $(B); printf '%s\n' '$2' > $$@
endef
$(eval $(call STAMP,flags,$(CC) $(FLAGS)))
$(eval $(call STAMP,commit,$(VERSION) $(COMMIT)))
$(eval $(call STAMP,sources,$(SRC)))
$(eval $(call STAMP,with-mpi,$(MPI)))
$(eval $(call STAMP,prefix,$(abspath $(PREFIX))))

# What is missing is named, and installed if that was asked for: looked at once a compiler, not at each make.
define FIND_MISSING
find_missing() { \
    missing=; \
    for need in $(NEEDS) $(if $(FETCH),$(EXTRAS)); do \
        package=$${need%%:*} sign=$${need#*:}; \
        case $$sign in \
        *.h|*.h@*) text=$$(echo "#include <$${sign%@*}>" | $(CC) -fopenmp -E -x c -) && \
            printf '%s\n' "$$text" | grep "$$(test "$${sign#*@}" = "$$sign" || echo "$${sign#*@}")" ;; \
        *)   command -v "$$sign" ;; \
        esac >/dev/null 2>&1 || missing="$$missing $$package"; \
    done; \
    test -z "$$missing"; \
}
endef
$(HAVE): $(B)/flags
	@$(FIND_MISSING); \
	stop() { echo "fokker: $$*" >&2; exit 2; }; \
	as_root=$$(test "$$(id -u)" = 0 || echo "sudo "); \
	if ! find_missing; then \
	    $(if $(FETCH),,stop "these Debian packages are missing:$$missing; \`make deps' installs them";) \
	    command -v $(APT) >/dev/null || stop "no $(APT) on this system; install what Debian calls$$missing, then run make again"; \
	    test -z "$$as_root" || command -v sudo >/dev/null || stop "neither root nor sudo; as root run: $(APT) install$$missing"; \
	    echo "fokker: installing these Debian packages, which are missing, with $${as_root}$(APT) (some minutes):$$missing"; \
	    $$as_root $(APT) -qq update && \
	    $$as_root env DEBIAN_FRONTEND=noninteractive $(APT) -q -y --no-install-recommends install $$missing >$(B)/$(APT).log 2>&1 || \
	        { tail -n 5 $(B)/$(APT).log >&2; stop "the packages could not be installed; see $(B)/$(APT).log"; }; \
	    find_missing || stop "installed, but $(CC) still does not find:$$missing"; \
	fi; touch $@

# Installation.
bindir   = $(DESTDIR)$(abspath $(PREFIX))/bin
libdir   = $(DESTDIR)$(abspath $(PREFIX))/lib
incdir   = $(DESTDIR)$(abspath $(PREFIX))/include
share    = $(DESTDIR)$(abspath $(PREFIX))/share
manual   = $(share)/man/man1/fokker.1
complete = $(share)/bash-completion/completions/fokker
HEADERS := $(wildcard include/*.h)
SHARED  := $(sort $(shell find models/shipped plots -type f ! -name '.*' 2>/dev/null))

install: all                                            ## into PREFIX (/usr/local); DESTDIR goes before it
	install -d $(bindir) $(libdir)/pkgconfig $(incdir) $(dir $(manual) $(complete))
	install $(B)/fokker $(bindir)
	install -m 644 $(B)/libfokker.a $(libdir)
	install $(B)/libfokker.so $(libdir)/libfokker.so.$(VERSION)
	ln -sf libfokker.so.$(VERSION) $(libdir)/$(SONAME)
	ln -sf $(SONAME) $(libdir)/libfokker.so
	sed 's|@prefix@|$(abspath $(PREFIX))|; s|@version@|$(VERSION)|; s|@libs@|$(LIBS)|' fokker.pc.in > $(libdir)/pkgconfig/fokker.pc
	rm -rf $(incdir)/fokker
	install -m 644 $(HEADERS) $(incdir)
	@for file in $(SHARED); do install -Dm 644 $$file $(share)/fokker/$$file || exit 1; done
	$(B)/fokker help man-page > $(manual)
	$(B)/fokker help bash-completion > $(complete)

uninstall:                                              ## what install put there
	rm -rf $(bindir)/fokker $(libdir)/libfokker.a $(libdir)/libfokker.so $(libdir)/libfokker.so.* $(libdir)/pkgconfig/fokker.pc \
	    $(incdir)/fokker $(HEADERS:include/%=$(incdir)/%) $(share)/fokker $(manual) $(complete)

clean:                                                  ## everything built; results in out/ stay
	rm -rf $(B)

help:                                                   ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18
	@echo "  CC=clang another compiler; MPI=1 ranks across machines; WERROR=1 warnings are errors; B=DIR another build folder; PREFIX=DIR where install goes"

FORCE:
-include $(SRC:%.c=$(B)/%.d) $(DBL_OBJ:%.o=%.d)
.PHONY: all deps test unit values ranks bench students train-models bench-weighting bench-logp calibrate-logp bench-nets zoo orders speed asan tidy fuzz fuzzers onnxruntime layers pages install uninstall clean help FORCE
