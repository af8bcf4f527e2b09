#!/bin/sh
# build.sh SOURCES FOLDER: build zlib, libffi, CPython and libpq for musl into FOLDER/root, on one processor.
#
# SOURCES has the `.orig.tar.*` of Debian's zlib, libffi, python3.11 and postgresql-15. What each prints is in
# FOLDER/*.log. The compiler is Debian's musl-gcc; see README.md for why each option is there.
set -eu
sources=$1 folder=$2 root=$2/root
mkdir -p "$root" "$folder/bin" "$folder/work"

cat > "$folder/bin/musl-cc" <<'EOF'
#!/bin/sh
# CPython's configure asks with two dashes and takes any answer but none for a glibc system's; its setup.py asks with
# one, and without an answer it looks at the headers of glibc. The programs of gcc are glibc's own.
for argument; do
    case $argument in
    --print-multiarch) exit 0 ;;
    -print-multiarch) echo x86_64-linux-musl; exit 0 ;;
    esac
done
unset LD_LIBRARY_PATH
exec musl-gcc "$@"
EOF
chmod 755 "$folder/bin/musl-cc"
export CC="$folder/bin/musl-cc" CFLAGS="-O1 -fPIC" CPPFLAGS="-I$root/usr/include" LDFLAGS="-L$root/usr/lib"
export MAKEFLAGS=-j1 PKG_CONFIG=false

unpack() {
    mkdir "$folder/work/$1"
    tar -xf "$sources/$1"_*.orig.tar.* -C "$folder/work/$1" --strip-components=1
    cd "$folder/work/$1"
}

{
    unpack zlib
    CFLAGS="$CFLAGS $CPPFLAGS" ./configure --prefix=/usr --libdir=/usr/lib
    make
    make install DESTDIR="$root"
} > "$folder/zlib.log" 2>&1

{
    unpack libffi
    ./configure --host=x86_64-linux-musl --prefix=/usr --libdir=/usr/lib --disable-static --disable-docs \
        --disable-multi-os-directory --disable-exec-static-tramp
    make
    make install DESTDIR="$root"
} > "$folder/libffi.log" 2>&1

{
    unpack python3.11
    ./configure --prefix=/usr/local --enable-shared --with-system-ffi --with-ensurepip=no --disable-test-modules
    # setup.py imports what it builds, and drops what it cannot import.
    runtime="RUNSHARED=LD_LIBRARY_PATH=$folder/work/python3.11:$root/usr/lib"
    make "$runtime"
    make "$runtime" bininstall libinstall inclinstall sharedinstall DESTDIR="$root"
    rm -f "$root"/usr/local/lib/python3.11/lib-dynload/*_failed.so
    strip --strip-unneeded "$root"/usr/local/lib/libpython3.11.so.1.0 "$root"/usr/local/lib/python3.11/lib-dynload/*.so
} > "$folder/python.log" 2>&1

{
    unpack postgresql-15
    ./configure --prefix=/usr --libdir=/usr/lib --without-readline --without-zlib
    make -C src/backend generated-headers
    for part in src/include src/common src/port src/interfaces/libpq src/bin/pg_config; do make -C $part; done
    for part in src/include src/interfaces/libpq src/bin/pg_config; do make -C $part install DESTDIR="$root"; done
} > "$folder/libpq.log" 2>&1

rm -rf "$folder/work"
