# Student's t by bisection; its distribution function by the finite sums of whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4).
function t_below(t, df,  th, s, c, k, i) {
    th = atan2(t, sqrt(df)); c = cos(th); s = 0; k = df % 2 ? c : 1
    for (i = df % 2; i <= df - 2; i += 2) { s += k; k *= (i + 1) / (i + 2) * c * c }
    return df % 2 ? 0.5 + (th + sin(th) * s) / 3.14159265358979 : 0.5 + sin(th) * s / 2
}
function t_of(p, df,  low, high, mid) { high = 1e4; while (high - low > 1e-9 * high) { mid = (low + high) / 2; if (t_below(mid, df) < p) low = mid; else high = mid } return low }
