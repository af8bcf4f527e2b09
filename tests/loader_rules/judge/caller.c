/* The object of a case that calls dlopen(3). */
#include <dlfcn.h>

void *
open_for_test (const char *path)
{
  return dlopen (path, RTLD_NOW | RTLD_GLOBAL);
}
