# The weighting study: one network under every weighting, four seeds each.  make -f bench/specs/weighting.mk fokker=build/fokker; finished trainings are kept.
fokker := build/fokker
out    := out/weighting
seeds  := 1 2 3 4
base   := models/shipped/gmm8ring-mlp.ini
fixed  := steps=3000 batch=512 rate=4e-3 ema=0.998

# The keys of [train]; without times they are uniform in t.
keys.sigma2         := weighting=sigma2
keys.lambda         := weighting=sigma2 times=lambda
keys.lognormal      := weighting=sigma2 times=lognormal log_mean=0 log_std=1.8
keys.high           := weighting=sigma2 times=lognormal log_mean=2 log_std=1
keys.low            := weighting=sigma2 times=lognormal log_mean=-3 log_std=1
keys.uniform        := weighting=uniform
keys.likelihood     := weighting=likelihood
keys.likelihood-imp := weighting=likelihood times=importance
keys.vlb-imp        := weighting=vlb levels=1000 times=importance
keys.min-snr        := weighting=min-snr
keys.data           := weighting=data
keys.trunc-snr      := weighting=trunc-snr
keys.snr+1          := weighting=snr+1
keys.edm            := weighting=edm data_std=2.84 times=lognormal log_mean=0.54 log_std=1.2
names := sigma2 lambda lognormal high low uniform likelihood likelihood-imp vlb-imp min-snr data trunc-snr snr+1 edm
# Why `uniform` fails: the same gradient with less noise, without clipping, and trained above a t_min where 1/sigma^2 is at most 168 and not 9096.
keys.uniform-imp    := weighting=uniform times=importance
keys.uniform-free   := weighting=uniform clip=1e9
keys.uniform-cut    := weighting=uniform t_min=0.02
tried := uniform-imp uniform-free uniform-cut

runs   := $(foreach name,$(names) $(tried),$(foreach seed,$(seeds),$(name)-$(seed)))
all: $(out)/report.txt

.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# t_min belongs to [process], all else to [train].  What is unchanged keeps its date.  All are judged on the whole process.
name_of = $(patsubst %-$(lastword $(subst -, ,$1)),%,$1)
ours    = $(keys.$(call name_of,$1)) $(fixed) seed=$(lastword $(subst -, ,$1))
$(out)/%.ini: $(base) bench/specs/weighting.mk
	@mkdir -p $(out)
	@{ echo '[process]'; echo 'kind = vp-linear'; printf '%s\n' $(filter t_min=%,$(call ours,$*)); \
	   sed '1,/^kind/d; /^\[train\]/,$$d; s/^file = .*/file = $*.safetensors/' $(base); \
	   echo '[train]'; printf '%s\n' $(filter-out t_min=%,$(call ours,$*)); } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(out)/%.safetensors: $(out)/%.ini
	@echo "  TRAIN   $*"
	@rm -f $@; $(fokker) train $< -o $@ -t 1 -q

$(out)/check-%/check.tsv: $(out)/%.safetensors
	@$(fokker) check $(out)/$*.ini -p vp-linear -n 4000 -q -o $(@D) > $(@D).txt || test $$? = 1

# Points of the law at t_min, the same for all.
$(out)/logp-%.tsv: $(out)/%.safetensors
	@$(fokker) logp $(out)/$*.ini -p vp-linear -n 1000 --rtol 1e-5 --prior exact --no-check --seed 7 -q -o $@ 2>/dev/null

checks := $(runs:%=$(out)/check-%/check.tsv)
logps  := $(runs:%=$(out)/logp-%.tsv)
$(out)/samples/results.tsv: $(runs:%=$(out)/%.safetensors)
	@echo "  SAMPLE  $(words $(runs)) networks"
	@rm -rf $(@D); $(fokker) bench $(runs:%=$(out)/%.ini) --process vp-linear --solver "ddim dpmpp-2m" --nfe "20 50" --seed 1..3 --samples 2000 --metric sw2 -q -o $(@D) >/dev/null

$(out)/report.txt: $(checks) $(logps) $(out)/samples/results.tsv bench/specs/weighting.awk bench/specs/student.awk
	@awk -f bench/specs/student.awk -f bench/specs/weighting.awk -v out=$(out) -v names='$(names)' -v tried='$(tried)' $(runs:%=$(out)/%.ini) $(checks) $(logps) $(out)/samples/results.tsv > $@
	@gnuplot -d -c plots/weighting.gp '$(out)' || echo "fokker: no plots of $(out); is gnuplot there?"
	@cat $@
.PHONY: all
