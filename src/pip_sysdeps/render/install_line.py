"""Render the install line as a JSON document of docs/schemas/install-line.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.render.document import as_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.lock.selection import PackageToInstall

SCHEMA = 1


def as_json(target: Target, packages: Iterable[PackageToInstall]) -> str:
    """Render the line as a document of schema 1."""
    document = {
        "schema": SCHEMA,
        "target": target.id,
        "package-manager": target.package_manager,
        "packages": [
            {
                "name": each.package.name,
                **({"min": each.package.min} if each.package.min else {}),
                **({"version": each.package.version} if each.package.version else {}),
                "base": each.package.base,
                "when": list(each.when),
                "by": list(each.by),
            }
            for each in packages
        ],
    }
    return as_document(document)
