/* k-diffusion's samplers, ComfyUI's sigmas and diffusers' schedulers (compat.h). */

/* ---- k-diffusion: sigmas from noise to data and a last 0, so that n sigmas are n steps, the last to sigma = 0 ---- */

#define K_SIGMAS "n=20 schedule=karras|exponential|polyexponential|vp sigma_min=0.002 sigma_max=80 rho=7"
#define CHURN    " s_churn=0 s_tmin=0 s_tmax=1e9 s_noise=1"
#define ETA      " eta=1 s_noise=1"

static const rule k_sigmas[] = {
    { "", PROCESS, "edm:t_min={sigma_min},t_max={sigma_max}" },
    { "", FINAL, "denoise" },
    { "schedule=karras", GRID, "karras:rho={rho}" },
    { "schedule=exponential", GRID, "exponential" },
    { "schedule=polyexponential", GRID, "polyexponential:rho={rho}" },
    { "schedule=vp", PROCESS, "vp-linear:t_min=0.001" },
    { "schedule=vp", GRID, "uniform" },
    { "schedule=vp", REMARK, "the state here is alpha times k-diffusion's, and the prior N(0, 1) where k-diffusion "
                             "starts at sigma_max z" },
    { 0 },
};
#define CHURNED(kind) "edm-churn:kind=" kind ",churn={s_churn},s_min={s_tmin},s_max={s_tmax},s_noise={s_noise}"
static const rule k_euler[] = { { "", SOLVER, "edm-euler" }, { "s_churn!=0|0.0", SOLVER, CHURNED("euler") }, { 0 } };
static const rule k_heun[] = {
    { "", SOLVER, "edm-heun" },
    { "s_churn!=0|0.0", SOLVER, CHURNED("heun") },
    { 0 },
};
static const rule k_dpm_2[] = { { "", SOLVER, "dpm-2" }, { "s_churn!=0|0.0", SOLVER, CHURNED("dpm-2") }, { 0 } };
static const rule k_lms[] = { { "", SOLVER, "lms:order={order}" },
                              { "", REMARK,
                                "its weights come from a numerical quadrature of 1e-4; here they are exact" }, { 0 } };
static const rule k_euler_a[] = { { "", SOLVER, "euler-ancestral:eta={eta},s_noise={s_noise}" }, { 0 } };
static const rule k_dpm_2_a[] = { { "", SOLVER, "dpm-2-ancestral:eta={eta},s_noise={s_noise}" }, { 0 } };
static const rule k_2s_a[] = { { "", SOLVER, "dpmpp-2s-ancestral:eta={eta},s_noise={s_noise}" }, { 0 } };
static const rule k_sde[] = {
    { "", SOLVER, "dpmpp-sde:eta={eta},s_noise={s_noise},r={r}" },
    { "noise_sampler=brownian_tree", REMARK,
      "two draws a step from one Brownian path, as its default noise sampler gives them" },
    { "noise_sampler=randn", SOLVER, "dpmpp-sde:eta={eta},s_noise={s_noise},r={r},noise=fresh" },
    { "noise_sampler=randn", REMARK, "fresh noise in each stage: weak order 1 instead of 2" },
    { 0 },
};
static const rule k_2m[] = { { "", SOLVER, "dpmpp-2m" }, { 0 } };
static const rule k_2m_sde[] = { { "", SOLVER, "sde-dpmpp-2m:eta={eta},s_noise={s_noise},kind={solver_type}" }, { 0 } };
static const rule k_3m_sde[] = {
    { "", SOLVER, "sde-dpmpp-3m-shipped:eta={eta},s_noise={s_noise},like=k-diffusion" },
    { "", REMARK, "half the weight of the curvature, as shipped; the right form is sde-dpmpp-3m" },
    { 0 },
};
static const rule k_range[] = { { "", PROCESS, "edm:t_min={sigma_min},t_max={sigma_max}" }, { "", GRID, "lambda" },
                                { "", FINAL, "none" }, { 0 } };
static const rule k_fast[] = {
    { "", SOLVER, "dpm-solver-fast" },
    { "", REMARK, "its steps are equal in lambda whatever their order; here a step of order q covers q equal "
                  "intervals: for its own list the intervals as --grid sigmas:FILE, "
                  "each of its steps cut into as many equal parts as its order" },
    { "eta!=0|0.0", CANNOT, "noise between the steps of DPM-Solver-fast" },
    { 0 },
};
static const rule k_adaptive[] = {
    { "order=3", SOLVER, "dpm-adaptive-23:rtol={rtol},atol={atol},control=atan" },
    { "order=2", SOLVER, "dpm-adaptive-12:rtol={rtol},atol={atol},control=atan" },
    { "", OWN, "yes" },
    { "", REMARK, "its steps are one for the whole batch, by the batch's norm; here every row has its own, by the same "
                  "rule" },
    { "eta!=0|0.0", CANNOT, "noise between the steps of an adaptive DPM-Solver" },
    { 0 },
};

static const peer k_diffusion[] = {
    { "k-diffusion", "sample_euler", K_SIGMAS CHURN, { k_sigmas, k_euler } },
    { "k-diffusion", "sample_euler_ancestral", K_SIGMAS ETA, { k_sigmas, k_euler_a } },
    { "k-diffusion", "sample_heun", K_SIGMAS CHURN, { k_sigmas, k_heun } },
    { "k-diffusion", "sample_dpm_2", K_SIGMAS CHURN, { k_sigmas, k_dpm_2 } },
    { "k-diffusion", "sample_dpm_2_ancestral", K_SIGMAS ETA, { k_sigmas, k_dpm_2_a } },
    { "k-diffusion", "sample_lms", K_SIGMAS " order=4|1|2|3", { k_sigmas, k_lms } },
    { "k-diffusion", "sample_dpm_fast", "n=20 sigma_min=0.002 sigma_max=80 eta=0 s_noise=1", { k_range, k_fast } },
    { "k-diffusion", "sample_dpm_adaptive",
      "sigma_min=0.002 sigma_max=80 order=3|2 rtol=0.05 atol=0.0078 eta=0 s_noise=1", { k_range, k_adaptive } },
    { "k-diffusion", "sample_dpmpp_2s_ancestral", K_SIGMAS ETA, { k_sigmas, k_2s_a } },
    { "k-diffusion", "sample_dpmpp_sde", K_SIGMAS ETA " r=0.5 noise_sampler=brownian_tree|randn", { k_sigmas, k_sde } },
    { "k-diffusion", "sample_dpmpp_2m", K_SIGMAS, { k_sigmas, k_2m } },
    { "k-diffusion", "sample_dpmpp_2m_sde", K_SIGMAS ETA " solver_type=midpoint|heun", { k_sigmas, k_2m_sde } },
    { "k-diffusion", "sample_dpmpp_3m_sde", K_SIGMAS ETA, { k_sigmas, k_3m_sde } },
    { 0 },
};

/* ---- ComfyUI: k-diffusion's samplers on sigmas of its own nodes; the last sigma gives way to 0 ---- */

static const rule comfy_ays[] = {
    { "", PROCESS, "edm:t_min=0.0291671582,t_max=14.6146412293" },
    { "model_type=SVD", PROCESS, "edm:t_min=0.002,t_max=700" },
    { "", GRID, "ays:table=sd15" }, { "model_type=SDXL", GRID, "ays:table=sdxl" },
    { "model_type=SVD", GRID, "ays:table=svd" }, { "", FINAL, "denoise" },
    { "sampler=euler", SOLVER, "edm-euler" }, { "sampler=heun", SOLVER, "edm-heun" },
    { "sampler=dpm_2", SOLVER, "dpm-2" }, { "sampler=lms", SOLVER, "lms:order=4" },
    { "sampler=dpmpp_2m", SOLVER, "dpmpp-2m" }, { "sampler=euler_ancestral", SOLVER, "euler-ancestral" },
    { "sampler=dpmpp_2m_sde", SOLVER, "sde-dpmpp-2m" },
    { 0 },
};

static const peer comfy[] = {
    { "ComfyUI", "AlignYourStepsScheduler",
      "n=10 model_type=SD1|SDXL|SVD sampler=dpmpp_2m|euler|heun|dpm_2|lms|euler_ancestral|dpmpp_2m_sde",
    { comfy_ays } },
    { 0 },
};

/* ---- diffusers ---- */

#define BETAS(from, to) "n=20 num_train_timesteps=1000 beta_start=" from " beta_end=" to " " \
                                        "beta_schedule=linear|scaled_linear|squaredcos_cap_v2 " \
                        "prediction_type=epsilon|v_prediction|sample|flow_prediction"
#define DDPM_BETAS BETAS("0.0001", "0.02")
#define LATENT_BETAS BETAS("0.00085", "0.012")
#define CLIP " clip_sample=True|False clip_sample_range=1.0 thresholding=False|True"
#define SPACINGS(first) " timestep_spacing=" first " steps_offset=0"
#define DPM_SPACING SPACINGS("linspace|leading|trailing") \
    " final_sigmas_type=zero|sigma_min use_karras_sigmas=False|True use_exponential_sigmas=False|True " \
    "use_beta_sigmas=False|True use_flow_sigmas=False|True flow_shift=1.0"
#define SIGMA_SPACING SPACINGS("linspace|leading|trailing") " use_karras_sigmas=False|True " \
                                                            "use_exponential_sigmas=False|True " \
                                                            "use_beta_sigmas=False|True"

static const rule chain[] = {
    { "beta_schedule=linear", PROCESS,
      "vp-discrete:T={num_train_timesteps},beta_min={beta_start},beta_max={beta_end}" },
    { "beta_schedule=scaled_linear", PROCESS,
      "vp-discrete:betas=scaled-linear,T={num_train_timesteps},beta_min={beta_start},beta_max={beta_end}" },
    { "beta_schedule=squaredcos_cap_v2", PROCESS, "vp-discrete:betas=cosine,T={num_train_timesteps}" },
    { "use_beta_sigmas=True", CANNOT,
      "sigmas at quantiles of a beta law; write their list to a file and take --grid sigmas:FILE" },
    { 0 },
};

/* DDIM, DDPM, PNDM: the indices themselves. */
static const rule indices[] = {
    { "", FINAL, "denoise" },
    { "timestep_spacing=leading", GRID, "ddpm-leading:offset={steps_offset}" },
    { "timestep_spacing=linspace", GRID, "ddpm-linspace" },
    { "timestep_spacing=trailing", GRID, "ddpm-trailing" },
    { "timestep_spacing=linspace", REMARK,
      "a step there goes down by T//n, not to the next index of linspace; here it goes to the next index" },
    { "set_alpha_to_one=False", FINAL, "none" },
    { "set_alpha_to_one=False steps_offset=0 timestep_spacing=leading|linspace", COUNT, "-1" },
    { "set_alpha_to_one=False steps_offset=0 timestep_spacing=leading|linspace", REMARK,
      "its last call, at index 0, moves nothing and is left out" },
    { "clip_sample=True", WRAP, "clamp:lo=-{clip_sample_range},hi={clip_sample_range}" },
    { "thresholding=True", WRAP, "threshold:max=1" },
    { 0 },
};
static const rule ddim[] = {
    { "", SOLVER, "ddim:eta={eta}" },
    { "eta=0|0.0", SOLVER, "ddim" },
    { "clip_sample=True", REMARK, "its noise prediction stays as it was when x0 is clipped; here it follows x0 "
                                  "(use_clipped_model_output=True)" },
    { 0 },
};
static const rule ddpm[] = {
    { "variance_type=fixed_small", SOLVER, "ancestral" },
    { "variance_type=fixed_large", SOLVER, "ancestral:variance=beta" },
    { "timestep_spacing=trailing", REMARK, "its last step adds noise too (fixed_small: of std 1e-10)" },
    { 0 },
};
static const rule pndm[] = {
    { "skip_prk_steps=False", SOLVER, "pndm" }, { "skip_prk_steps=True", SOLVER, "pndm:start=plms" },
    { "", REMARK, "n indices; with the Runge-Kutta start n + 9 calls, with PLMS n + 1 there" },
    { 0 },
};

/* The multistep family: n + 1 indices without the last, or n sigmas. */
#define THRESHOLD { "thresholding=True", WRAP, "threshold:max=1" }
#define FLOW_ROUND "round:place=time,whole=down"
#define ASKED "the network is asked at the timesteps that it was made for, not at the solver's own levels: --wrap round"

static const rule dpm_indices[] = {
    { "", FINAL, "denoise" },
    { "final_sigmas_type=sigma_min", FINAL, "none" },
    { "timestep_spacing=linspace", GRID, "ddpm-linspace:skip=1" },
    { "timestep_spacing=leading", GRID, "ddpm-leading:skip=1,offset={steps_offset}" },
    { "timestep_spacing=trailing", GRID, "ddpm-trailing" },
    { "use_karras_sigmas=True", GRID, "karras" },
    { "use_exponential_sigmas=True", GRID, "exponential" },
    { "use_lu_lambdas=True", GRID, "lambda" },
    { "use_karras_sigmas=True", WRAP, "round" }, { "use_exponential_sigmas=True", WRAP, "round:whole=down" },
    { "use_lu_lambdas=True", WRAP, "round" },
    { "use_karras_sigmas=True prediction_type=v_prediction", WRAP, "round:predicts=v" },
    { "use_karras_sigmas=True prediction_type=sample", WRAP, "round:predicts=data" },
    { "use_karras_sigmas=True", REMARK, "it rounds the timesteps of its sigmas to integers: " ASKED },
    { "use_exponential_sigmas=True", REMARK, "it cuts the timesteps of its sigmas to integers: " ASKED },
    { "use_lu_lambdas=True", REMARK, "it rounds the timesteps of its sigmas to integers: " ASKED },
    THRESHOLD,
    { "thresholding=True use_karras_sigmas=True", REMARK,
      "with both of its conventions: --wrap \"round threshold:max=1\"" },
    { "use_karras_sigmas=True final_sigmas_type=sigma_min", COUNT, "-1" },
    { "use_exponential_sigmas=True final_sigmas_type=sigma_min", COUNT, "-1" },
    { "use_lu_lambdas=True final_sigmas_type=sigma_min", COUNT, "-1" },
    { "use_flow_sigmas=True", PROCESS, "flow:t_min=0" },
    { "use_flow_sigmas=True", GRID, "shift:s={flow_shift},from=0.999" },
    { "use_flow_sigmas=True prediction_type=epsilon", WRAP, FLOW_ROUND },
    { "use_flow_sigmas=True prediction_type=sample", WRAP, FLOW_ROUND ",predicts=data" },
    { "use_flow_sigmas=True prediction_type=v_prediction", WRAP, FLOW_ROUND ",predicts=v" },
    { "use_flow_sigmas=True prediction_type=flow_prediction", WRAP, FLOW_ROUND ",predicts=velocity" },
    { "use_flow_sigmas=True", REMARK, "it cuts the timesteps 1000 sigma to integers: " ASKED },
    { 0 },
};
/* AysSchedules: the ten timesteps behind the published sigmas, on Stable Diffusion's chain. */
#define AYS_TIMES " timesteps=None|StableDiffusionTimesteps|StableDiffusionXLTimesteps"
static const rule ays_times[] = {
    { "timesteps=StableDiffusionTimesteps", GRID, "ays:table=sd15" },
    { "timesteps=StableDiffusionXLTimesteps", GRID, "ays:table=sdxl" },
    { "timesteps!=None beta_schedule!=scaled_linear", REMARK,
      "made for Stable Diffusion's chain: beta_start=0.00085, beta_end=0.012, beta_schedule=scaled_linear" },
    { "timesteps!=None n!=10", REMARK,
      "the library has 10 timesteps only: its line is that of n=10; others are log-linear between these" },
    { 0 },
};
static const rule dpm_multi[] = {
    { "solver_order=1", SOLVER, "ddim" },
    { "solver_order=1 algorithm_type=sde-dpmsolver++", SOLVER, "exp-em" },
    { "solver_order=1 algorithm_type=sde-dpmsolver", SOLVER, "seeds-1" },
    { "solver_order=2 solver_type=midpoint", SOLVER, "dpmpp-2m" },
    { "solver_order=2 solver_type=heun", SOLVER, "res-2m" },
    { "solver_order=2 algorithm_type=dpmsolver", SOLVER, "dpm-solver-2m" },
    { "solver_order=2 algorithm_type=dpmsolver solver_type=heun", SOLVER, "dpm-solver-2m:type=taylor" },
    { "solver_order=2 algorithm_type=sde-dpmsolver++", SOLVER, "sde-dpmpp-2m:kind={solver_type}" },
    { "solver_order=2 algorithm_type=sde-dpmsolver", SOLVER, "sde-dpmpp-2m:kind={solver_type},predict=noise" },
    { "solver_order=3", SOLVER, "dpmpp-3m-shipped" },
    { "solver_order=3 solver_type=heun", SOLVER, "dpmpp-3m-shipped:type=taylor" },
    { "solver_order=3 algorithm_type=dpmsolver", SOLVER, "dpm-solver-3m-shipped" },
    { "solver_order=3 algorithm_type=dpmsolver solver_type=heun", SOLVER, "dpm-solver-3m-shipped:type=taylor" },
    { "solver_order=3 algorithm_type=sde-dpmsolver++", SOLVER, "sde-dpmpp-3m-shipped" },
    { "solver_order=3 algorithm_type=sde-dpmsolver", CANNOT, "diffusers has no third order of sde-dpmsolver" },
    { "solver_order=3 algorithm_type!=sde-dpmsolver++", REMARK,
      "as shipped: half the weight of the curvature and a first-order start, order 2; the right form is dpmpp-3m" },
    { "solver_order=3 algorithm_type=sde-dpmsolver++", REMARK,
      "as shipped: the wrong sign of 1/2, weak order 1; the right form is sde-dpmpp-3m" },
    { "algorithm_type=dpmsolver|sde-dpmsolver final_sigmas_type=zero", CANNOT,
      "diffusers refuses it with final_sigmas_type=zero; add final_sigmas_type=sigma_min" },
    { "solver_order!=1 euler_at_final=True", LAST, "euler" },
    { "solver_order!=1 lower_order_final=True n<15", LAST, "lower" },
    { 0 },
};
#define FAST "dpm-solver-fast:order={solver_order},"
static const rule dpm_single[] = {
    { "solver_order=1", SOLVER, "ddim" },
    { "solver_order=2|3", SOLVER, FAST "predict=data,type=half" },
    { "solver_order=2|3 solver_type=heun", SOLVER, FAST "predict=data,type=taylor" },
    { "solver_order=2|3 lower_order_final=True", SOLVER, FAST "predict=data,type=half,end=lower" },
    { "solver_order=2|3 lower_order_final=True solver_type=heun", SOLVER, FAST "predict=data,type=taylor,end=lower" },
    { "solver_order=2|3 algorithm_type=dpmsolver", SOLVER, FAST "type=half" },
    { "solver_order=2|3 algorithm_type=dpmsolver solver_type=heun", SOLVER, FAST "type=taylor" },
    { "solver_order=2|3 algorithm_type=dpmsolver lower_order_final=True", SOLVER, FAST "type=half,end=lower" },
    { "solver_order=2|3 algorithm_type=dpmsolver lower_order_final=True solver_type=heun", SOLVER,
      FAST "type=taylor,end=lower" },
    { "solver_order=1 algorithm_type=sde-dpmsolver++", SOLVER, "exp-em" },
    { "solver_order=2 algorithm_type=sde-dpmsolver++", SOLVER, "dpmpp-2s-sde-shipped" },
    { "solver_order=2 algorithm_type=sde-dpmsolver++", REMARK,
      "fresh noise in each sub-step, as shipped: weak order 1; the right form is dpmpp-2s-sde" },
    { "solver_order=2 algorithm_type=sde-dpmsolver++ solver_type=heun", CANNOT,
      "the exact weight (heun) in the singlestep sde-dpmsolver++" },
    { "solver_order=3 algorithm_type=sde-dpmsolver++", CANNOT,
      "diffusers has no third order of the singlestep sde-dpmsolver++" },
    { "algorithm_type=dpmsolver final_sigmas_type=zero", CANNOT,
      "diffusers refuses it with final_sigmas_type=zero; add final_sigmas_type=sigma_min" },
    { "solver_order=3 final_sigmas_type=sigma_min lower_order_final=False", REMARK,
      "where n is a multiple of 3 it takes steps of order 3 to the end; here the last ones are of orders 2 and 1" },
    { 0 },
};
static const rule deis[] = {
    { "", SOLVER, "deis-logrhoab{solver_order}" },
    { "solver_order=3", SOLVER, "deis-logrhoab3:start=ramp" },
    { "", FINAL, "none" },
    { "use_karras_sigmas=True", COUNT, "-1" }, { "use_exponential_sigmas=True", COUNT, "-1" },
    { "use_karras_sigmas=True", REMARK, "it appends the last sigma twice: its last call moves nothing and is left out, "
                                        "and with it the last of the lower orders" },
    { "use_flow_sigmas=True", GRID, "shift:s={flow_shift},from=0.999,skip=1" }, { "use_flow_sigmas=True", COUNT, "-1" },
    { "use_flow_sigmas=True", REMARK, "as with Karras sigmas, its last call moves nothing and is left out, and with it "
                                      "the last of the lower orders" },
    { "solver_order!=1 lower_order_final=True n<15 use_flow_sigmas=False", LAST, "lower" },
    { 0 },
};
static const rule unipc[] = {
    { "", SOLVER, "unipc-{solver_order}:variant={solver_type}" },
    { "solver_order=3", SOLVER, "unipc-3:variant={solver_type},start=ramp" },
    { "predict_x0=False", SOLVER, "unipc-{solver_order}:variant={solver_type},predict=noise" },
    { "predict_x0=False solver_order=3", SOLVER, "unipc-3:variant={solver_type},predict=noise,start=ramp" },
    { "predict_x0=False final_sigmas_type=zero", CANNOT,
      "noise prediction has no step to sigma = 0; add final_sigmas_type=sigma_min" },
    { "use_flow_sigmas=True", PROCESS, "flow:t_max=0.999999" },
    { "use_flow_sigmas=True", GRID, "shift:s={flow_shift},from=1,to=0.001,skip=1" },
    { "use_flow_sigmas=True", REMARK, "its flow times run from 1 (less 1e-6) to 1/1000, which gives way to 0; the "
                                      "other multistep schedulers' from 0.999 to 0" },
    { "solver_type=bh1 final_sigmas_type=zero", REMARK,
      "diffusers returns NaN: B(h) = h is infinite in the last step; here that step is of order 1" },
    { "solver_order!=1 lower_order_final=True", LAST, "lower" },
    { 0 },
};
static const rule sa_solver[] = {
    { "", SOLVER, "sa-solver:p={predictor_order},c={corrector_order},from=200,to=800,weights=half" },
    { "algorithm_type=noise_prediction", SOLVER,
      "sa-solver:p={predictor_order},c={corrector_order},from=200,to=800,weights=half,predict=noise" },
    { "", FINAL, "none" },
    { "use_karras_sigmas=True", COUNT, "-1" }, { "use_exponential_sigmas=True", COUNT, "-1" },
    { "", REMARK, "tau is 1 between the timesteps 200 and 800, its default tau_func; another: tau, from, to" },
    { "", LAST, "lower" },
    { "use_flow_sigmas=True", CANNOT, "its step from and to a flow's ends" },
    { 0 },
};

/* The sigma-space family: indices with both ends and a last 0. */
static const rule sigma_indices[] = {
    { "", FINAL, "denoise" },
    { "timestep_spacing=linspace", GRID, "ddpm-linspace" },
    { "timestep_spacing=leading", GRID, "ddpm-leading:offset={steps_offset}" },
    { "timestep_spacing=trailing", GRID, "ddpm-trailing" },
    { "timestep_spacing=linspace use_karras_sigmas!=True use_exponential_sigmas!=True", REMARK,
      "its indices are not rounded, and sigma between two is interpolated linearly; here they are whole" },
    { "use_karras_sigmas=True", GRID, "karras" }, { "use_exponential_sigmas=True", GRID, "exponential" },
    { "use_karras_sigmas=True", WRAP, "round:whole=none" }, { "use_exponential_sigmas=True", WRAP, "round:whole=none" },
    { 0 },
};
static const rule euler[] = {
    { "", SOLVER, "edm-euler" },
    { "s_churn!=0|0.0", SOLVER, "edm-churn-shipped:churn={s_churn},s_min={s_tmin},s_max={s_tmax},s_noise={s_noise}" },
    { "s_churn!=0|0.0", REMARK, "it asks the network before it adds the noise; EDM's algorithm asks behind it" },
    { 0 },
};
static const rule heun[] = { { "", SOLVER, "edm-heun" }, { 0 } };
static const rule lms[] = { { "", SOLVER, "lms:order={order}" }, { 0 } };
static const rule k_dpm2[] = { { "", SOLVER, "dpm-2" }, { 0 } };
static const rule k_dpm2_ancestral[] = { { "", SOLVER, "dpm-2-ancestral" }, { 0 } };
static const rule euler_ancestral[] = { { "", SOLVER, "euler-ancestral" },
                                        { "", REMARK, "it draws noise in its last step too, and scales it by 0" },
    { 0 } };
static const rule dpm_sde[] = { { "", SOLVER, "dpmpp-sde" }, { "", REMARK, "two draws a step from one Brownian path" },
                                { 0 } };

static const rule edm_sigmas[] = {
    { "", PROCESS, "edm:t_min={sigma_min},t_max={sigma_max}" },
    { "", FINAL, "denoise" },
    { "sigma_schedule=karras", GRID, "karras:rho={rho}" }, { "sigma_schedule=exponential", GRID, "exponential" },
    { "", REMARK, "it starts at sqrt(sigma_max^2 + 1) z; here at sigma_max z (give the state by --init)" },
    { 0 },
};
static const rule edm_multi[] = {
    { "solver_order=1", SOLVER, "ddim" }, { "solver_order=2", SOLVER, "dpmpp-2m" },
    { "solver_order=3", SOLVER, "dpmpp-3m-shipped" },
    { "solver_order=1 algorithm_type=sde-dpmsolver++", SOLVER, "exp-em" },
    { "solver_order=2 algorithm_type=sde-dpmsolver++", SOLVER, "sde-dpmpp-2m" },
    { "solver_order=3 algorithm_type=sde-dpmsolver++", SOLVER, "sde-dpmpp-3m-shipped" },
    { "solver_order=3", REMARK, "as shipped; the right forms are dpmpp-3m and sde-dpmpp-3m" },
    { "solver_order!=1 n<15", LAST, "lower" },
    { 0 },
};
static const rule cosine_multi[] = { { "solver_order=2", SOLVER, "sde-dpmpp-2m" },
                                     { "solver_order=1", SOLVER, "exp-em" }, { 0 } };

static const rule flow_times[] = {
    { "", PROCESS, "flow:shift={shift},t_min=0.001" }, { "", GRID, "uniform" }, { "", FINAL, "denoise" },
    { "shift!=1|1.0", REMARK, "its least time is shifted twice: t_min = shift/1000/(1 + (shift - 1)/1000)" },
    { 0 },
};
static const rule flow_euler[] = {
    { "", SOLVER, "ddim" }, { "stochastic_sampling=True", SOLVER, "lcm" },
    { "stochastic_sampling=False", REMARK, "on a rectified flow Euler in t is DDIM, which is finite at alpha = 0" },
    { 0 },
};
static const rule flow_heun[] = {
    { "", PROCESS, "flow:t_min=0.001,t_max=0.9999" }, { "", SOLVER, "heun" },
    { "", REMARK, "it starts at t = 1, where alpha = 0; Heun in t starts just below it here" },
    { "shift!=1|1.0", CANNOT, "Heun in the shifted time; without shift it is heun" },
    { 0 },
};
static const rule distilled[] = {
    { "", GRID, "ddpm-trailing" }, { "", FINAL, "denoise" },
    { "clip_sample=True", WRAP, "clamp:lo=-{clip_sample_range},hi={clip_sample_range}" },
    { "", REMARK, "it takes every n-th of 50 distilled timesteps (999 759 499 259 for n = 4); for these give --grid "
                  "file:" },
    { 0 },
};
static const rule lcm[] = { { "", SOLVER, "lcm:scaling={timestep_scaling}" }, { 0 } };
static const rule tcd[] = { { "", SOLVER, "tcd:gamma={eta}" }, { 0 } };
static const rule score_ve[] = {
    { "", PROCESS, "ve:sigma_min={sigma_min},sigma_max={sigma_max},t_min={sampling_eps}" }, { "", GRID, "uniform" },
    { "", FINAL, "denoise" },
    { "", SOLVER, "pc:snr={snr},steps={correct_steps}/reverse-diffusion:chain=song/langevin:norm=batch" },
    { "", REMARK, "its corrector also works before the last step, where the line takes the denoising step alone" },
    { 0 },
};
static const rule score_vp[] = {
    { "", PROCESS, "vp-linear:beta_min={beta_min},beta_max={beta_max},t_min={sampling_eps}" }, { "", GRID, "uniform" },
    { "", FINAL, "none" },
    { "", SOLVER, "em" }, { "", COUNT, "-1" },
    { "", REMARK, "its steps are 1/n on a grid of spacing (1 - eps)/(n - 1): em:dt=1/n; a last step beyond the grid's "
                  "end is left out" },
    { 0 },
};
static const rule ipndm[] =
    { { "", CANNOT, "its process, sigma = sin^2(pi t/2) at alpha^2 = 1 - sigma^2, is none of ours; as tabulated:FILE "
                    "it is ipndm-4 on a uniform grid" }, { 0 } };

#define ORDERS " solver_order=2|1|3"
#define EDM_SIGMAS "n=20 sigma_min=0.002 sigma_max=80 sigma_data=0.5 rho=7 sigma_schedule=karras|exponential"

static const peer diffusers[] = {
    { "diffusers", "CosineDPMSolverMultistepScheduler",
      "n=20 sigma_min=0.3 sigma_max=500 sigma_data=1 rho=7 sigma_schedule=exponential|karras solver_order=2|1",
      { edm_sigmas, cosine_multi } },
    { "diffusers", "DDIMScheduler",
      DDPM_BETAS CLIP SPACINGS("leading|linspace|trailing") " set_alpha_to_one=True|False eta=0",
    { chain, indices, ddim } },
    { "diffusers", "DDPMScheduler",
      DDPM_BETAS CLIP SPACINGS("leading|linspace|trailing") " variance_type=fixed_small|fixed_large",
    { chain, indices, ddpm } },
    { "diffusers", "DEISMultistepScheduler",
      DDPM_BETAS ORDERS DPM_SPACING " lower_order_final=True|False thresholding=False|True",
    { chain, dpm_indices, deis } },
    { "diffusers", "DPMSolverMultistepScheduler",
      DDPM_BETAS ORDERS " algorithm_type=dpmsolver++|dpmsolver|sde-dpmsolver++|sde-dpmsolver solver_type=midpoint|heun "
      "lower_order_final=True|False euler_at_final=False|True use_lu_lambdas=False|True "
      "thresholding=False|True" DPM_SPACING AYS_TIMES, { chain, dpm_indices, dpm_multi, ays_times } },
    { "diffusers", "DPMSolverSDEScheduler", LATENT_BETAS SIGMA_SPACING, { chain, sigma_indices, dpm_sde } },
    { "diffusers", "DPMSolverSinglestepScheduler",
      DDPM_BETAS ORDERS " algorithm_type=dpmsolver++|dpmsolver|sde-dpmsolver++ solver_type=midpoint|heun "
      "lower_order_final=False|True thresholding=False|True" DPM_SPACING, { chain, dpm_indices, dpm_single } },
    { "diffusers", "EDMDPMSolverMultistepScheduler", EDM_SIGMAS ORDERS " algorithm_type=dpmsolver++|sde-dpmsolver++",
      { edm_sigmas, edm_multi } },
    { "diffusers", "EDMEulerScheduler", EDM_SIGMAS CHURN, { edm_sigmas, euler } },
    { "diffusers", "EulerAncestralDiscreteScheduler", DDPM_BETAS SPACINGS("linspace|leading|trailing"),
      { chain, sigma_indices, euler_ancestral } },
    { "diffusers", "EulerDiscreteScheduler", DDPM_BETAS SIGMA_SPACING CHURN AYS_TIMES,
      { chain, sigma_indices, euler, ays_times } },
    { "diffusers", "FlowMatchEulerDiscreteScheduler", "n=20 shift=1 stochastic_sampling=False|True",
      { flow_times, flow_euler } },
    { "diffusers", "FlowMatchHeunDiscreteScheduler", "n=20 shift=1", { flow_times, flow_heun } },
    { "diffusers", "HeunDiscreteScheduler", LATENT_BETAS SIGMA_SPACING, { chain, sigma_indices, heun } },
    { "diffusers", "IPNDMScheduler", "n=20", { ipndm } },
    { "diffusers", "KDPM2AncestralDiscreteScheduler", LATENT_BETAS SIGMA_SPACING,
      { chain, sigma_indices, k_dpm2_ancestral } },
    { "diffusers", "KDPM2DiscreteScheduler", LATENT_BETAS SIGMA_SPACING, { chain, sigma_indices, k_dpm2 } },
    { "diffusers", "LCMScheduler", LATENT_BETAS " clip_sample=False|True clip_sample_range=1 timestep_scaling=10",
      { chain, distilled, lcm } },
    { "diffusers", "LMSDiscreteScheduler", DDPM_BETAS SIGMA_SPACING " order=4|1|2|3", { chain, sigma_indices, lms } },
    { "diffusers", "PNDMScheduler",
      DDPM_BETAS SPACINGS("leading|linspace|trailing") " skip_prk_steps=False|True set_alpha_to_one=False|True",
    { chain, indices, pndm } },
    { "diffusers", "SASolverScheduler",
      DDPM_BETAS DPM_SPACING " predictor_order=2|1|3|4 corrector_order=2|1|3|4 "
                             "algorithm_type=data_prediction|noise_prediction",
      { chain, dpm_indices, sa_solver } },
    { "diffusers", "ScoreSdeVeScheduler",
      "n=20 snr=0.15 sigma_min=0.01 sigma_max=1348 sampling_eps=1e-5 correct_steps=1", { score_ve } },
    { "diffusers", "ScoreSdeVpScheduler", "n=20 beta_min=0.1 beta_max=20 sampling_eps=1e-3", { score_vp } },
    { "diffusers", "TCDScheduler", LATENT_BETAS " clip_sample=False|True clip_sample_range=1 eta=0.3",
      { chain, distilled, tcd } },
    { "diffusers", "UniPCMultistepScheduler",
      DDPM_BETAS ORDERS " solver_type=bh2|bh1 predict_x0=True|False lower_order_final=True|False "
                        "thresholding=False|True" DPM_SPACING,
      { chain, dpm_indices, unipc } },
    { 0 },
};
