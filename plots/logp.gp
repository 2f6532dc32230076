# fokker logp, many combinations (logp.tsv, points.tsv): error against calls for each solver, error against rows for each estimator, and whether intervals
# hold what they say.  A figure is drawn where there is something to compare.
load scripts . "/style.gp"
# $data: logp.tsv, with the places of model, solver and trace in model_names, solver_names and trace_names; points: the file points.tsv
model = model_names_count == 1 ? model_names[1] : "all models"

# What is drawn: the realised error where the law is known, else the predicted one.
hypot3(a, b, c) = sqrt(a * a + b * b + c * c)
known(unused) = column("realised") == column("realised")
error(unused) = known(0) ? column("realised") : hypot3(column("se_trace"), column("err_solver"), column("err_prior"))
stats $data using (error(0)) name "E" nooutput
stats $data using "calls" name "C" nooutput
stats $data using "rows" name "R" nooutput
set logscale xy
set yrange [E_min / 2 : E_max > 1000 * E_median ? 1000 * E_median : E_max * 2]      # a run far worse than most leaves the picture
set format y "10^{%L}"
set ylabel "error of log p, root mean square (nats)"
set key at screen 0.53, screen 0.01 center bottom vertical Left reverse noenhanced maxrows 3 samplen 3 font ",11"
set bmargin 7

if (C_max > 1.2 * C_min && solver_names_count >= 1) {
    out = "logp-calls"
    set title sprintf("%s: error of log p against calls", model) font ",13" noenhanced
    set xlabel "field calls a point, in sequence"
    set xrange [C_min / 1.25 : C_max * 1.25]
    set xtics (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
    do for [ext in "svg png"] {
        picture_width = 760
        picture_height = 500
        load scripts . "/format.gp"
        plot for [t = 1:trace_names_count] for [s = 1:solver_names_count] $data \
            using (column("solver") == s && column("trace") == t ? column("calls") : NaN):(error(0)) with linespoints \
            title trace_names_count > 1 ? solver_names[s] . ", " . trace_names[t] : solver_names[s]
        set output
    }
    set xtics autofreq
}

if (trace_names_count > 1 || R_max > 1.2 * C_max) {
    out = "logp-trace"
    set title sprintf("%s: what a trace estimator's rows buy", model) font ",13" noenhanced
    set xlabel "field rows a point"
    set xrange [R_min / 1.25 : R_max * 1.25]
    set format x "10^{%L}"
    do for [ext in "svg png"] {
        picture_width = 760
        picture_height = 500
        load scripts . "/format.gp"
        plot for [i = 1:trace_names_count] $data using (column("trace") == i ? column("rows") : NaN):(error(0)) with linespoints \
                 linetype i title trace_names[i], \
             for [i = 1:trace_names_count] $data using (column("trace") == i ? column("rows") : NaN):"se_trace" with lines \
                 linetype i dashtype 2 linewidth 1 notitle, \
             NaN with lines linecolor rgb "#444444" dashtype 2 title "its own standard error"
        set output
    }
    set format x
}

# Points of all combinations: half the interval against the error that there was.
half(unused) = 0.5 * (column("hi") - column("lo"))
off(unused) = abs(column("logp") - column("exact"))
stats points using (off(0) > 0 && half(0) > 0 ? log10(off(0)) : NaN) name "O" nooutput
stats points using (half(0) > 0 ? log10(half(0)) : NaN) name "H" nooutput
if (exists("O_records") && O_records > 10) {
    out = "logp-calibration"
    set title sprintf("%s: half of the 95 %% interval, and the error that there was", model) font ",13" noenhanced
    set xlabel "half of the interval (nats)"
    set ylabel "|log p - exact| (nats)"
    set format x "10^{%L}"
    set xrange [10**H_min : 10**H_max]
    set yrange [10**(O_median - 4) : 10**(O_max + 0.3)]
    do for [ext in "svg png"] {
        picture_width = 760
        picture_height = 500
        load scripts . "/format.gp"
        plot points using (half(0)):(off(0)) with points pointtype 7 pointsize 0.25 linecolor rgb "#400072B2" title "points of all combinations", \
             x with lines linecolor rgb "#D55E00" title "above this line the interval misses the truth"
        set output
    }
}
