# Quality against calls of students and of the best solver on their teacher: gnuplot -d -c plots/distilled.gp out/distilled
metric = "sw2"
out = "distilled"
folder = ARG1
scripts = ARG0[1:strlen(ARG0) - strlen("/distilled.gp")]
load scripts . "/style.gp"
data = folder . "/distilled.tsv"
models = "gmm8ring-mlp checkerboard-mlp digits-mlp"
samplers = "solver progressive consistency"
names = "'the best solver' 'progressive distillation, ddim' 'consistency distillation, lcm'"
of(m, s) = strcol("model") eq word(models, m) && strcol("sampler") eq word(samplers, s)
set logscale xy
set xrange [0.8 : 10]
set xtics (1, 2, 4, 8)
set xlabel "network calls (NFE)"
do for [ext in "svg png"] {
    picture_width = 1080
    picture_height = 470
    load scripts . "/format.gp"
    set multiplot layout 1, 3 margins 0.085, 0.985, 0.33, 0.9 spacing 0.065, 0
    do for [m = 1:3] {
        set title word(models, m) font ",13" noenhanced
        set ylabel m == 1 ? axis : ""
        unset key
        if (m == 2) { set key at screen 0.53, screen 0.015 center bottom vertical maxrows 2 width -6 Left reverse noenhanced samplen 3 font ",11" }
        stats data using (of(m, 1) ? column("floor") : NaN) name "F" nooutput
        plot for [s = 1:3] data using (of(m, s) ? column("calls") : NaN):"sw2":"low":"high" with yerrorbars linetype s dashtype 1 linewidth 1 pointsize 0 notitle, \
             for [s = 1:3] data using (of(m, s) ? column("calls") : NaN):"sw2" with linespoints linetype s title word(names, s), \
             F_mean with lines linecolor rgb "#444444" dashtype 3 linewidth 1.5 title "exact samples"
    }
    unset multiplot
    set output
}
