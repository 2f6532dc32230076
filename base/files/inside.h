/* Whether a path leads out of a folder. */
#ifndef FOKKER_INSIDE_H
#define FOKKER_INSIDE_H

/* 1 where the file or folder is there and, all links followed on both sides, lies in `folder` (or somewhere below it);
 * else 0. */
int path_inside(const char *folder, const char *path);

/* 1 where writing `path` would write outside of `folder` because it is a link that leads out of it, or to nothing. */
int link_leaves(const char *folder, const char *path);

#endif
