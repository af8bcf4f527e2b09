/* enter ROOT FOLDER COUNT ARGUMENT... VARIABLE...: chroot, chdir and execve, and nothing else.
 *
 * The first COUNT arguments (two digits, below 64) are the program's, its path first; the rest is its whole environment. Neither the C library
 * nor the loader of this machine takes part.
 */
static long
call (long number, long first, long second, long third)
{
  long result;
  __asm__ volatile ("syscall" : "=a" (result) : "0" (number), "D" (first), "S" (second), "d" (third)
		    : "rcx", "r11", "memory");
  return result;
}

enum { CHDIR = 80, CHROOT = 161, EXECVE = 59, EXIT = 60 };

__attribute__ ((used)) void
begin (long *stack)
{
  char **argv = (char **) (stack + 1);
  char *arguments[64];
  long count = (argv[3][0] - '0') * 10 + argv[3][1] - '0', at;
  if (stack[0] < 5 || call (CHROOT, (long) argv[1], 0, 0) || call (CHDIR, (long) argv[2], 0, 0))
    call (EXIT, 126, 0, 0);
  for (at = 0; at < count; at++)
    arguments[at] = argv[4 + at];
  arguments[count] = 0;
  call (EXECVE, (long) arguments[0], (long) arguments, (long) (argv + 4 + count));
  call (EXIT, 125, 0, 0);
}

__asm__ (".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n");
