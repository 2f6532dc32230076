/* Where shipped files and named models lie. */
#ifndef FOKKER_FOLDERS_H
#define FOKKER_FOLDERS_H

/* The folder that holds models/shipped/ and plots/: found from where the library or the program stands, or
 * under the prefix that they were built for, never from the environment, since scripts are run from it; ends
 * with '/'.  "" if there is none. */
const char *shared_folder(void);

/* The folder of the models that are shipped: $FOKKER_MODELS (or shipped/ in it), or that of the shared folder; ends
 * with '/'.  "" if there is none. */
const char *models_folder(void);

#endif
