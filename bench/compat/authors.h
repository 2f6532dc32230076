/* Samplers in the code of papers' authors, and the integrators of torchdiffeq and torchsde (compat.h). */

/* ---- EDM ---- */
static const rule edm_sampler[] = {
    { "", PROCESS, "edm:t_min={sigma_min},t_max={sigma_max}" }, { "", GRID, "karras:rho={rho}" },
    { "", FINAL, "denoise" }, { "", SOLVER, "edm-heun" },
    { "S_churn!=0|0.0", SOLVER, "edm-churn:churn={S_churn},s_min={S_min},s_max={S_max},s_noise={S_noise}" },
    { "S_churn!=0|0.0", REMARK, "it draws noise in every step, also where gamma = 0, as the line does" },
    { 0 },
};
static const rule ablation[] = {
    { "", PROCESS, "edm:t_min={sigma_min},t_max={sigma_max}" }, { "", FINAL, "denoise" },
    { "", GRID, "karras:rho={rho}" },
    { "solver=heun", SOLVER, "edm-heun" }, { "solver=euler", SOLVER, "edm-euler" },
    { "discretization=vp", PROCESS, "vp-linear:t_min=0.001" }, { "discretization=vp", GRID, "uniform" },
    { "discretization=vp", REMARK, "sigma_min and sigma_max are those of Song's process from t = 0.001: it fits beta "
                                   "to them and finds 0.1 and 20" },
    { "schedule=ve", SOLVER, "rho-{solver}:in=square" },
    { "discretization=vp schedule=vp scaling=none", SOLVER, "rho-{solver}:in=t" },
    { "discretization=vp schedule=vp scaling=vp", SOLVER, "rho-{solver}:in=flow" },
    { "schedule=linear|ve scaling=vp", CANNOT, "VP's scaling with another schedule than VP's" },
    { "discretization!=vp schedule=vp", CANNOT,
      "VP's schedule fitted to other sigmas: beta_min below 0, or noise of a rounding error" },
    { "schedule=vp|ve", REMARK, "its last step, to sigma = 0, is Euler's in the schedule's time, as the line's" },
    { "discretization=ve|iddpm", CANNOT, "its list of sigmas; write it to a file and take --grid sigmas:FILE" },
    { 0 },
};

/* ---- DPM-Solver and UniPC: continuous VP from t = 1 to t_end, n steps ---- */
static const rule vp_times[] = {
    { "", PROCESS, "vp-linear:t_min={t_end}" }, { "", FINAL, "none" },
    { "schedule=discrete", PROCESS, "vp-discrete" },
    { "schedule=discrete", REMARK, "t_end is index 0, 1/1000; between indices log alpha is linear, as here" },
    { "skip_type=time_uniform", GRID, "uniform" }, { "skip_type=logSNR", GRID, "lambda" },
    { "skip_type=time_quadratic", GRID, "quadratic" },
    { "denoise_to_zero=True", FINAL, "denoise" }, { "denoise_to_zero=True", COUNT, "1" },
    { "thresholding=True", WRAP, "threshold" },
    { 0 },
};
static const rule authors_dpm[] = {
    { "order=1", SOLVER, "ddim" },
    { "order=2", SOLVER, "dpmpp-2m" }, { "order=2 solver_type=taylor", SOLVER, "res-2m" },
    { "order=2 algorithm_type=dpmsolver", SOLVER, "dpm-solver-2m:type={solver_type}" },
    { "order=3", SOLVER, "dpmpp-3m-shipped:type={solver_type}" },
    { "order=3 algorithm_type=dpmsolver", SOLVER, "dpm-solver-3m-shipped:type={solver_type}" },
    { "order=3 method=multistep", REMARK, "half the weight of the curvature and a first-order start, as shipped: order "
                                          "2; the right form is dpmpp-3m" },
    { "order!=1 method=multistep lower_order_final=True n<10", LAST, "lower" },
    { "order!=1 method=multistep lower_order_final=True n<10 denoise_to_zero=True", LAST, "noisy" },
    { "order=2|3 method=singlestep", SOLVER, "dpm-solver-fast:order={order},predict=data,type={solver_type}" },
    { "order=2|3 method=singlestep algorithm_type=dpmsolver", SOLVER,
      "dpm-solver-fast:order={order},type={solver_type}" },
    { "order=2|3 method=singlestep skip_type=logSNR", REMARK,
      "with logSNR its steps are equal in lambda whatever their order; here a step of order q covers q equal "
      "intervals: for its own list --grid file:, "
      "each of its steps cut into as many equal parts as its order" },
    { "order=2|3 method=singlestep_fixed", SOLVER, "dpmpp-{order}s:type={solver_type}" },
    { "order=2|3 method=singlestep_fixed algorithm_type=dpmsolver", SOLVER, "dpm-solver-{order}s:type={solver_type}" },
    { "order=2|3 method=singlestep_fixed", BUDGET, "yes" },
    { "order=2|3 method=singlestep_fixed skip_type=time_uniform|time_quadratic", REMARK,
      "its stages are at equal parts of the step in the grid's variable; here in lambda" },
    { "order=2 method=adaptive", SOLVER, "dpm-adaptive-12:rtol={rtol},atol={atol},control=power,predict=data" },
    { "order=3 method=adaptive", SOLVER, "dpm-adaptive-23:rtol={rtol},atol={atol},control=power,predict=data" },
    { "order=2 method=adaptive algorithm_type=dpmsolver", SOLVER,
      "dpm-adaptive-12:rtol={rtol},atol={atol},control=power" },
    { "order=3 method=adaptive algorithm_type=dpmsolver", SOLVER,
      "dpm-adaptive-23:rtol={rtol},atol={atol},control=power" },
    { "order=1 method=adaptive", CANNOT, "the authors have adaptive steps in orders 2 and 3 only" },
    { "method=adaptive", OWN, "yes" },
    { "method=adaptive", REMARK, "its steps are one for the whole batch, by the largest error of it; here every row "
                                 "has its own, by the same rule" },
    { 0 },
};
static const rule authors_unipc[] = {
    { "", SOLVER, "unipc-{order}:variant={variant}" }, { "variant=vary_coeff", SOLVER, "unipc-{order}-shipped" },
    { "order=3|4", SOLVER, "unipc-{order}:variant={variant},start=ramp" },
    { "order=4 variant=vary_coeff", CANNOT, "vary_coeff of order 4 as it ships" },
    { "order=3 variant=vary_coeff", SOLVER, "unipc-3-shipped" },
    { "order=1 variant=vary_coeff", SOLVER, "unipc-1:variant=vary-coeff" },
    { "algorithm_type=noise_prediction", SOLVER, "unipc-{order}:variant={variant},predict=noise" },
    { "algorithm_type=noise_prediction order=3|4", SOLVER, "unipc-{order}:variant={variant},predict=noise,start=ramp" },
    { "algorithm_type=noise_prediction order=1 variant=vary_coeff", SOLVER,
      "unipc-1:variant=vary-coeff,predict=noise" },
    { "algorithm_type=noise_prediction order=2|3 variant=vary_coeff", SOLVER, "unipc-{order}-shipped:predict=noise" },
    { "order=2|3 variant=vary_coeff", REMARK,
      "its corrector drops a row, as shipped: order 1; the right form is variant=vary-coeff" },
    { "order!=1", LAST, "lower" }, { "order!=1 denoise_to_zero=True", LAST, "noisy" },
    { 0 },
};

/* ---- diff-sampler: n sigmas are n - 1 steps ---- */
#define DS_SIGMAS "n=20 sigma_min=0.002 sigma_max=80 schedule_type=polynomial|logsnr|time_uniform schedule_rho=7 " \
                  "afs=False|True denoise_to_zero=False|True"
static const rule ds_sigmas[] = {
    { "", PROCESS, "edm:t_min={sigma_min},t_max={sigma_max}" }, { "", FINAL, "none" }, { "", COUNT, "-1" },
    { "schedule_type=polynomial", GRID, "karras:rho={schedule_rho}" }, { "schedule_type=logsnr", GRID, "lambda" },
    { "schedule_type=time_uniform", CANNOT, "times uniform in a VP process that is fitted to sigma_min and sigma_max; "
                                            "write its sigmas to a file, --grid sigmas:FILE" },
    { "denoise_to_zero=True", FINAL, "denoise" }, { "denoise_to_zero=True", COUNT, "0" },
    { "afs=True", WRAP, "afs:above={sigma_max}" },
    { "afs=True", REMARK,
      "the analytic first step at sigma_max; give above a little less where the grid's first sigma is rounded" },
    { 0 },
};
static const rule ds_euler[] = { { "", SOLVER, "edm-euler" }, { 0 } };
static const rule ds_heun[] = { { "", SOLVER, "edm-heun" }, { 0 } };
static const rule ds_dpm_2[] = { { "", SOLVER, "dpm-2" }, { 0 } };
static const rule ds_ipndm[] = { { "", SOLVER, "ipndm-{max_order}" },
                                 { "denoise_to_zero=True max_order!=1", LAST, "euler" },
    { "max_order=3|4", REMARK, "weights of equal steps on uneven ones: order 2; ipndm-v is the cure" }, { 0 } };
static const rule ds_ipndm_v[] = {
    { "", SOLVER, "ipndm-v-{max_order}" }, { "denoise_to_zero=True max_order!=1", LAST, "euler" },
    { "max_order=3|4", SOLVER, "ipndm-v-{max_order}-shipped" },
    { "max_order=3|4", REMARK, "a misplaced parenthesis, as shipped; the right form is ipndm-v-{max_order}" },
    { 0 },
};
static const rule ds_deis[] = {
    { "deis_mode=tab max_order=1|2", SOLVER, "deis-tab{max_order}" },
    { "deis_mode=tab max_order=3|4", SOLVER, "deis-tab{max_order}:start=ramp" },
    { "deis_mode=rhoab max_order=1|2", SOLVER, "deis-rhoab{max_order}" },
    { "deis_mode=rhoab max_order=3|4", SOLVER, "deis-rhoab{max_order}:start=ramp" },
    { "deis_mode=tab", REMARK, "its sums have N points and weights of dt/N, in the time of a fitted VP process; here "
                               "the integrals are exact, in sigma" },
    { "deis_mode=rhoab", REMARK, "with its own wiring it raises an error for max_order 2 and 3 and goes wild for 4; "
                                 "the line is what is meant" },
    { 0 },
};
static const rule ds_dpm_pp[] = {
    { "max_order=1", SOLVER, "ddim" }, { "max_order=2", SOLVER, "dpmpp-2m" },
    { "max_order=3", SOLVER, "dpmpp-3m-shipped" },
    { "max_order=2 predict_x0=False", SOLVER, "dpm-solver-2m" },
    { "max_order=3 predict_x0=False", SOLVER, "dpm-solver-3m-shipped" },
    { "predict_x0=True", WRAP, "threshold" },
    { "predict_x0=True", REMARK,
      "it always thresholds x0 dynamically, which is wrong for data outside [-1, 1]: leave --wrap out" },
    { "max_order=2|3 lower_order_final=True", LAST, "lower" },
    { 0 },
};
static const rule ds_unipc[] = {
    { "", SOLVER, "unipc-{max_order}:variant={variant}" },
    { "max_order=3", SOLVER, "unipc-3:variant={variant},start=ramp" },
    { "predict_x0=False", SOLVER, "unipc-{max_order}:variant={variant},predict=noise" },
    { "predict_x0=False max_order=3", SOLVER, "unipc-3:variant={variant},predict=noise,start=ramp" },
    { "predict_x0=True", WRAP, "threshold" },
    { "predict_x0=True", REMARK,
      "it always thresholds x0 dynamically, which is wrong for data outside [-1, 1]: leave --wrap out" },
    { "max_order=2|3 lower_order_final=True", LAST, "lower" },
    { 0 },
};

/* ---- qsh-zh/deis ---- */
static const rule th_deis[] = {
    { "", PROCESS, "vp-linear:t_min={t_end}" }, { "", FINAL, "none" },
    { "ts_phase=t ts_order=1", GRID, "uniform" }, { "ts_phase=t ts_order=2", GRID, "quadratic" },
    { "ts_phase=log", GRID, "lambda" },
    { "method=t_ab ab_order=0", SOLVER, "deis-tab1-shipped" },
    { "method=t_ab ab_order=1", SOLVER, "deis-tab2-shipped" },
    { "method=t_ab ab_order=2", SOLVER, "deis-tab3-shipped" },
    { "method=t_ab ab_order=3", SOLVER, "deis-tab4-shipped" },
    { "method=rho_ab ab_order=0", SOLVER, "deis-rhoab1" },
    { "method=rho_ab ab_order=1", SOLVER, "deis-rhoab2-shipped" },
    { "method=rho_ab ab_order=2", SOLVER, "deis-rhoab3-shipped" },
    { "method=rho_ab ab_order=3", SOLVER, "deis-rhoab4-shipped" },
    { "method=t_ab", REMARK,
      "left Riemann sums of 10,000 points, as shipped; without -shipped the integrals are exact" },
    { "method=rho_rk", SOLVER, "edm-heun" }, { "method=rho_rk rk_method=3kutta", SOLVER, "rho-kutta3" },
    { "method=rho_rk rk_method=3vdh", SOLVER, "rho-houwen3" },
    { "method=rho_rk rk_method=4rk", SOLVER, "rho-rk4" },
    { 0 },
};

/* ---- score_sde ---- */
static const rule sde_times[] = {
    { "sde=vp", PROCESS, "vp-linear:t_min={eps}" }, { "sde=subvp", PROCESS, "sub-vp:t_min={eps}" },
    { "sde=ve", PROCESS, "ve:t_min={eps}" },
    { "", GRID, "uniform" },
    { 0 },
};
#define LANGEVIN "/langevin:norm=batch,scale=song"
#define ALD      "/ald:scale=song"
#define PC       "pc:snr={snr},steps={n_steps}/"
static const rule sde_pc[] = {
    { "", FINAL, "none" }, { "", COUNT, "-1" },
    { "predictor=euler_maruyama", SOLVER, "em" },
    { "predictor=reverse_diffusion", SOLVER, "reverse-diffusion:chain=song" },
    { "predictor=ancestral_sampling", SOLVER, "ancestral:variance=posterior,chain=song" },
    { "predictor=euler_maruyama corrector=langevin", SOLVER, PC "em" LANGEVIN },
    { "predictor=euler_maruyama corrector=ald", SOLVER, PC "em" ALD },
    { "predictor=reverse_diffusion corrector=langevin", SOLVER, PC "reverse-diffusion:chain=song" LANGEVIN },
    { "predictor=reverse_diffusion corrector=ald", SOLVER, PC "reverse-diffusion:chain=song" ALD },
    { "predictor=ancestral_sampling corrector=langevin", SOLVER, PC "ancestral:chain=song" LANGEVIN },
    { "predictor=ancestral_sampling corrector=ald", SOLVER, PC "ancestral:chain=song" ALD },
    { "predictor=none corrector=langevin", SOLVER,
      "langevin:snr={snr},steps={n_steps},norm=batch,scale=song,at=start" },
    { "predictor=none corrector=ald", SOLVER, "ald:snr={snr},steps={n_steps},scale=song,at=start" },
    { "predictor=none corrector=none", CANNOT, "neither predictor nor corrector" },
    { "predictor=ancestral_sampling", REMARK,
      "a discrete beta of 1 or more, at n <= 20, gives NaN there and is refused here" },
    { "sde=subvp corrector=langevin|ald", CANNOT, "score_sde crashes: its sub-VP process has no table of alphas" },
    { "sde=subvp predictor=ancestral_sampling", CANNOT, "score_sde has ancestral sampling for VP and VE only" },
    { "predictor=euler_maruyama", REMARK,
      "its steps are 1/n on a grid of spacing (1 - eps)/(n - 1): em:dt=1/n with n for the number" },
    { "", REMARK, "the grid has n times: n - 1 steps and one more beyond its end, of which it returns the mean; that "
                  "last one is left out" },
    { "corrector=langevin", REMARK,
      "the size of a Langevin step comes from means over the batch: a sample depends on its neighbours" },
    { 0 },
};
static const rule sde_ode[] = {
    { "", FINAL, "none" }, { "", SOLVER, "dopri5:rtol={rtol},atol={atol}" }, { "", OWN, "yes" },
    { "", REMARK, "scipy's RK45: the same pair with one norm over the whole batch; here every row has its own steps" },
    { 0 },
};

/* ---- torchdiffeq, torchsde ---- */
static const rule odeint[] = {
    { "method=dopri5", SOLVER, "dopri5:rtol={rtol},atol={atol}" },
    { "method=bosh3", SOLVER, "bosh3:rtol={rtol},atol={atol}" },
    { "method=fehlberg2", SOLVER, "fehlberg2:rtol={rtol},atol={atol}" },
    { "method=adaptive_heun", SOLVER, "adaptive-heun:rtol={rtol},atol={atol}" },
    { "method=tsit5", SOLVER, "tsit5-shipped:rtol={rtol},atol={atol}" },
    { "method=dopri8", SOLVER, "dopri8:rtol={rtol},atol={atol}" },
    { "method=dopri5|bosh3|fehlberg2|adaptive_heun|tsit5|dopri8", OWN, "yes" },
    { "method=dopri5|bosh3|fehlberg2|adaptive_heun|tsit5|dopri8", REMARK,
      "its steps are one for the whole batch, run beyond the end and are interpolated back; here every row has its own "
      "and ends at the end" },
    { "method=tsit5", REMARK, "it keeps the embedded state of order 4, as shipped; the right form is tsit5" },
    { "method=euler", SOLVER, "euler" }, { "method=midpoint", SOLVER, "midpoint" }, { "method=heun2", SOLVER, "heun" },
    { "method=euler|midpoint|heun2", GRID, "uniform" },
    { "method=rk4", CANNOT, "its rk4 is Kutta's 3/8 rule; rk4 here is the classical one" },
    { 0 },
};
static const rule sdeint[] = {
    { "", GRID, "uniform" },
    { "method=euler", SOLVER, "em" }, { "method=milstein", SOLVER, "em" }, { "method=srk", SOLVER, "srk:terms=all" },
    { "method=heun", SOLVER, "heun-sde" },
    { "method=milstein", REMARK, "g does not depend on the state, so that Milstein's term is 0" },
    { "method=midpoint|euler_heun|reversible_heun", CANNOT, "this scheme; heun-sde is of the same family" },
    { "method=srk", REMARK, "of its I10 by interval the line needs the recorded pair, or draws its own" },
    { 0 },
};

static const peer authors[] = {
    { "EDM", "edm_sampler", "n=18 sigma_min=0.002 sigma_max=80 rho=7 S_churn=0 S_min=0 S_max=1e9 S_noise=1",
      { edm_sampler } },
    { "EDM", "ablation_sampler", "n=18 sigma_min=0.002 sigma_max=80 rho=7 solver=heun|euler "
                                 "discretization=edm|vp|ve|iddpm schedule=linear|vp|ve scaling=none|vp", { ablation } },
    { "DPM-Solver", "DPM_Solver.sample", "n=20 t_end=0.001 order=2|1|3 skip_type=time_uniform|logSNR|time_quadratic "
                                         "method=multistep|singlestep|singlestep_fixed|adaptive "
      "algorithm_type=dpmsolver++|dpmsolver solver_type=dpmsolver|taylor lower_order_final=True|False "
      "denoise_to_zero=False|True atol=0.0078 rtol=0.05 schedule=linear|discrete "
      "thresholding=False|True", { vp_times, authors_dpm } },
    { "UniPC", "UniPC.sample",
      "n=20 t_end=0.001 order=2|1|3|4 skip_type=time_uniform|logSNR|time_quadratic variant=bh1|bh2|vary_coeff "
      "algorithm_type=data_prediction|noise_prediction denoise_to_zero=False|True schedule=linear|discrete "
      "thresholding=False|True", { vp_times, authors_unipc } },
    { "diff-sampler", "euler_sampler", DS_SIGMAS, { ds_sigmas, ds_euler } },
    { "diff-sampler", "heun_sampler", DS_SIGMAS, { ds_sigmas, ds_heun } },
    { "diff-sampler", "dpm_2_sampler", DS_SIGMAS, { ds_sigmas, ds_dpm_2 } },
    { "diff-sampler", "ipndm_sampler", DS_SIGMAS " max_order=4|1|2|3", { ds_sigmas, ds_ipndm } },
    { "diff-sampler", "ipndm_v_sampler", DS_SIGMAS " max_order=4|1|2|3", { ds_sigmas, ds_ipndm_v } },
    { "diff-sampler", "deis_sampler", DS_SIGMAS " max_order=4|1|2|3 deis_mode=tab|rhoab", { ds_sigmas, ds_deis } },
    { "diff-sampler", "dpm_pp_sampler",
      DS_SIGMAS " max_order=3|1|2 predict_x0=True|False lower_order_final=True|False", { ds_sigmas, ds_dpm_pp } },
    { "diff-sampler", "unipc_sampler",
      DS_SIGMAS " max_order=3|1|2 predict_x0=True|False variant=bh2|bh1 lower_order_final=True|False",
    { ds_sigmas, ds_unipc } },
    { "deis", "get_sampler", "n=20 t_end=0.001 method=t_ab|rho_ab|rho_rk ts_phase=t|log ts_order=2|1 ab_order=3|0|1|2 "
                             "rk_method=2heun|3kutta|3vdh|4rk", { th_deis } },
    { "score_sde", "get_pc_sampler", "n=1000 sde=vp|subvp|ve eps=0.001 "
                                     "predictor=euler_maruyama|reverse_diffusion|ancestral_sampling|none "
                                     "corrector=none|langevin|ald "
      "snr=0.16 n_steps=1", { sde_times, sde_pc } },
    { "score_sde", "get_ode_sampler", "sde=vp|subvp|ve eps=0.001 rtol=1e-5 atol=1e-5", { sde_times, sde_ode } },
    { "torchdiffeq", "odeint", "n=20 method=dopri5|bosh3|fehlberg2|adaptive_heun|tsit5|dopri8|euler|midpoint|heun2|rk4 "
                               "rtol=1e-7 atol=1e-9", { odeint } },
    { "torchsde", "sdeint", "n=100 method=srk|euler|milstein|heun|midpoint|euler_heun|reversible_heun", { sdeint } },
    { 0 },
};
