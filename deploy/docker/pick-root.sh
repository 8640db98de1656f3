#!/bin/bash
# Makes the root of an image of a few programs: pick-root.sh ROOT FILE... copies each with the libraries that it needs,
# and writes down the Debian packages that all of it came from, where scanners look for them.
set -euo pipefail

root=$1
shift
declare -A packages=()

# Most packages name their files as they were before /lib became a link to /usr/lib.
package_of() {
  local path
  for path in "$1" "$(realpath "$1")" "/usr$1" "${1#/usr}"; do
    if dpkg-query -S "$path" 2>/dev/null | head -n 1 | cut -d: -f1; then return; fi
  done
}

copy() { # the file that is meant, under the name by which it is looked for
  local name=$1 package
  local target=$root$name
  [[ $name != /lib* ]] || target=$root/usr$name
  [[ ! -e $target ]] || return 0
  mkdir -p "$(dirname "$target")"
  cp -L --preserve=mode "$name" "$target"
  package=$(package_of "$name")
  [[ -z $package ]] || packages[$package]=1
}

mkdir -p "$root"/usr/{bin,lib,lib64,sbin} "$root"/{etc,proc,sys,dev,run}
for folder in bin lib lib64 sbin; do ln -s "usr/$folder" "$root/$folder"; done
for file; do
  copy "$file"
  # Names what is missing as "not found", which must not be passed over.
  libraries=$(ldd "$file" 2>/dev/null || true)
  if grep -q 'not found' <<<"$libraries"; then echo "$file: $libraries" >&2; exit 1; fi
  while read -r library; do copy "$library"; done < <(grep -o '/[^ ]*' <<<"$libraries")
done

mkdir -p "$root/var/lib/dpkg/status.d" "$root/usr/share/doc"
for package in "${!packages[@]}"; do
  dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
  mkdir -p "$root/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/" 2>/dev/null || true
done
cp -L /etc/os-release "$root/etc/os-release"
cp -L /etc/debian_version "$root/etc/debian_version"
