/* An rtld-audit(7) library that writes what the loader does, one line each, to standard error:
 *
 *     KIND <tab> the object that asks <tab> the name or path
 *
 * KIND is `need` for a name that no loaded object answers to, then a search step for each path that is tried, and
 * `open` for an object that is now in the process. It needs no C library, so that any loader can take it.
 */
#define _GNU_SOURCE
#include <link.h>

static char text[32768];
static unsigned long length;

static void
append (const char *word)
{
  while (*word && length < sizeof text - 1)
    text[length++] = *word++;
}

static void
write_line (const char *kind, const char *by, const char *name)
{
  long result;
  length = 0;
  append (kind);
  append ("\t");
  append (by);
  append ("\t");
  append (name);
  text[length++] = '\n';
  __asm__ volatile ("syscall" : "=a" (result) : "0" (1L), "D" (2L), "S" (text), "d" (length) : "rcx", "r11", "memory");
}

unsigned int
la_version (unsigned int version)
{
  return version;
}

char *
la_objsearch (const char *name, uintptr_t *cookie, unsigned int flag)
{
  const char *kind = flag == LA_SER_ORIG ? "need" : flag == LA_SER_LIBPATH ? "LD_LIBRARY_PATH"
    : flag == LA_SER_RUNPATH ? "RPATH or RUNPATH" : flag == LA_SER_CONFIG ? "ld.so.cache"
    : flag == LA_SER_DEFAULT ? "default directory" : "path as written";
  write_line (kind, ((struct link_map *) *cookie)->l_name, name);
  return (char *) name;
}

unsigned int
la_objopen (struct link_map *map, Lmid_t space, uintptr_t *cookie)
{
  (void) space;
  (void) cookie;
  write_line ("open", "", map->l_name);
  return 0;
}
