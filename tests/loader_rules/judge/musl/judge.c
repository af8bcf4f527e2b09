/* The library by which a program under musl says what it loaded: lines on standard output,
 *
 *     WORD <tab> TEXT
 *
 * `object` for each object of the process, in load order; for each argument `dlopen` with the argument, then `opened`,
 * or `failed` with the loader's message, and the objects again.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

static char text[1 << 20];
static size_t length;

static void
say (const char *word, const char *rest)
{
  size_t first = strlen (word), second = strlen (rest);
  if (length + first + second + 2 > sizeof text)
    _exit (3);
  memcpy (text + length, word, first);
  text[length += first] = '\t';
  memcpy (text + ++length, rest, second);
  text[length += second] = '\n';
  length++;
}

static int
say_object (struct dl_phdr_info *info, size_t size, void *nothing)
{
  (void) size;
  (void) nothing;
  say ("object", info->dlpi_name);
  return 0;
}

void
judge (long *stack)
{
  char **names = (char **) (stack + 1);
  dl_iterate_phdr (say_object, 0);
  for (long at = 1; at < stack[0]; at++)
    {
      say ("dlopen", names[at]);
      if (dlopen (names[at], RTLD_LAZY))
	say ("opened", "");
      else
	say ("failed", dlerror ());
      dl_iterate_phdr (say_object, 0);
    }
  for (size_t done = 0; done < length;)
    {
      ssize_t count = write (1, text + done, length - done);
      if (count < 0)
	_exit (4);
      done += count;
    }
  _exit (0);
}
