# Error bars of log-likelihoods against closed forms: make -f bench/specs/calibrate.mk fokker=build/fokker.  Finished runs are kept.
fokker := build/fokker
out    := out/calibrate
rtols  := 1e-2 1e-3 1e-4 1e-5 1e-6 1e-7 1e-8

# Points of each law; where a call costs more, fewer.
points.gauss2        := 400
points.gmm8ring      := 400
points.three         := 400
points.gmm5-aniso16  := 400
points.gmm10-64      := 400
points.two-moons     := 200
points.checkerboard  := 200
points.swiss-roll    := 200
points.digits        := 200
laws := gauss2 gmm8ring three gmm5-aniso16 gmm10-64 two-moons checkerboard swiss-roll digits

solver := $(laws:%=$(out)/solver-%/points.tsv)
all: $(out)/solver.tsv
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

$(out)/solver-%/points.tsv:
	@echo "  LOGP    $*, by tolerance"
	@rm -rf $(@D); mkdir -p $(out); PATH=$(out)/no-figures $(abspath $(fokker)) logp $* -n $(points.$*) --prior exact --rtol "$(rtols)" -q -o $(@D) 2>/dev/null

$(out)/solver.tsv: $(solver) bench/specs/calibrate.awk
	@awk -f bench/specs/calibrate.awk $(foreach dir,$(solver:/points.tsv=),$(dir)/logp.tsv $(dir)/points.tsv) > $@
	@awk -f bench/specs/calibrate-table.awk $@
.PHONY: all
