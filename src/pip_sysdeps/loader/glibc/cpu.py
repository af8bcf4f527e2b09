"""The subfolders that the dynamic loader searches on this machine's CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.loader.glibc.cpuinfo import hwcaps_folders
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pip_sysdeps.loader.glibc.machines import Machine

_CPUINFO = "/proc/cpuinfo"
_MAX_CPUINFO = 16 << 20
_EM_X86_64 = 62


def cpu_subfolders(machine: Machine) -> tuple[str, ...]:
    """Return the subfolders, as in LoaderConfig, for programs of a machine; none for another or unknown CPU.

    The CPU is that of the running machine, whatever the root.
    """
    try:
        content = Root("/").read(_CPUINFO, _MAX_CPUINFO)
    except OSError:
        return ()
    return hwcaps_folders(content) if (machine.machine, machine.elf_class) == (_EM_X86_64, 64) else ()
