#!/bin/sh
# Make Packages.db, a database of rpm's own format (NDB), and what rpm says of it. Debian 12's rpm cannot write that
# format, so this installs into a Debian sid root that has rpm: make.sh ROOT (rpm 6.1.0 made the files here).
set -e
here=$(cd "$(dirname "$0")" && pwd)
root=$1
work=$(mktemp -d)
rpmbuild -bb --define "_topdir $work" --define "_dbpath $work/db" "$here/sample.spec"
mkdir -p "$root/tmp/sample"
find "$work" -name '*.rpm' -exec cp {} "$root/tmp/sample" \;
chroot "$root" sh -e <<'END'
cd /tmp/sample
run() { rpm --define "_db_backend ndb" --dbpath /tmp/sample/db "$@"; }
run --initdb
run -i --nodeps --excludedocs *.rpm
run -e --nodeps removed
run -qa --qf '%{NAME} %{EPOCHNUM} %{VERSION} %{RELEASE} %{ARCH} %{SIZE} %{SOURCERPM}\n' | sort > packages.txt
run -qa --qf '[%{FILENAMES} %{FILESTATES} %{=NAME}\n]' | sort > files.txt
run -qa --qf '[%{=NAME} provides %{PROVIDENEVRS}\n][%{=NAME} requires %{REQUIRENEVRS}\n]' | sort > dependencies.txt
END
cp "$root/tmp/sample/db/Packages.db" "$root"/tmp/sample/*.txt "$here"
rm -rf "$work" "$root/tmp/sample"
