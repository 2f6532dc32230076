/* The former name of fokker_field.h, for sources that still include it. */
#include "fokker_field.h"
