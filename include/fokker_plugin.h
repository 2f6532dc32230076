/* The former name of fokker_field.h. */
#include "fokker_field.h"
