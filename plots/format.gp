# One picture: ext ("svg" or "png"), picture_width and picture_height in pixels of the screen, folder and out are set by whoever loads this.
if (ext eq "svg") {
    set terminal svg size int(picture_width), int(picture_height) font "DejaVu Sans,12" enhanced background rgb "white"
} else {
    set terminal pngcairo size 2 * int(picture_width), 2 * int(picture_height) font "DejaVu Sans,12" fontscale 2 linewidth 2 pointscale 2 enhanced
}
set output folder . "/" . out . "." . ext
