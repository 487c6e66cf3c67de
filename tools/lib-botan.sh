# Sourced by tools/setup after lib.sh and lib-packages.sh: a Botan of at least BOTAN_WANTED, wherever it comes from.
#
# Debian 13 and later: the package libbotan-3-dev, from the security suite if the machine's own sources offer an older one.
# Debian 12: the source package of Debian 13's security suite, built once as a static library with the modules that we use,
# into the cache outside the tree. Both are fetched with a source list of their own in a temporary directory; the machine's
# package sources stay as they are, and apt checks the archive's signature as always.

BOTAN_WANTED=3.12.0

# What Culvert uses of Botan. Configuring fails by name if a module does not exist.
BOTAN_MODULES="aead aes argon2 asn1 auto_rng base64 bigint blake2 cbc certstor_flatfile certstor_system chacha20poly1305
  ctr des dl_group ec_group ecdh ecdsa ed25519 ed448 eme_oaep eme_pkcs1 emsa_pkcs1 emsa_pssr emsa_raw gcm hash_id hex hkdf
  hmac http_util kdf2 keypair locking_allocator mgf1 ml_dsa ml_kem nist_keywrap pbes2 pbkdf2 pcurves_brainpool256r1
  pcurves_brainpool384r1 pcurves_brainpool512r1 pcurves_secp256r1 pcurves_secp384r1 pcurves_secp521r1 pem raw_hash rfc3394 rsa
  sha1 sha2_32 sha2_64 sha3 shake system_rng tls12 tls13 tls13_pqc tls_cbc x25519 x448 x509"
BOTAN_MODULES_AMD64="aes_ni aes_vaes aes_vperm chacha_avx2 chacha_simd32 ctr_avx2 ctr_simd32 ghash_avx512_clmul ghash_cpu ghash_vperm
  sha1_simd sha1_x86 sha2_32_avx2 sha2_32_simd sha2_32_x86 sha2_64_avx2"
BOTAN_MODULES_ARM64="aes_armv8 aes_vperm chacha_simd32 ghash_cpu ghash_vperm sha1_armv8 sha2_32_armv8 sha2_64_armv8"

# botan_modules: the comma-separated list for this machine's architecture.
botan_modules() {
  local list=$BOTAN_MODULES
  case $(dpkg --print-architecture) in
    amd64) list="$list $BOTAN_MODULES_AMD64" ;;
    arm64) list="$list $BOTAN_MODULES_ARM64" ;;
  esac
  printf '%s\n' $list | sort -u | paste -sd,
}

# botan_version [PREFIX]: the version that pkg-config finds (only in PREFIX if given), or nothing.
botan_version() {
  local dir
  if [ $# -eq 0 ]; then
    pkg-config --modversion botan-3 2>/dev/null || true
    return
  fi
  for dir in "$1"/lib "$1"/lib/*; do
    [ -f "$dir/pkgconfig/botan-3.pc" ] || continue
    sed -n 's/^Version: *//p' "$dir/pkgconfig/botan-3.pc"
    return
  done
}

botan_new_enough() { [ -n "$1" ] && dpkg --compare-versions "$1" ge "$BOTAN_WANTED"; }

# botan_pinned VERSION: name of the cached build for this list of modules and this release.
botan_pinned() {
  local hash
  hash=$({ botan_modules; debian_release; } | sha256sum | cut -c1-12)
  printf '%s/botan-%s-%s' "$CULVERT_CACHE" "$1" "$hash"
}

# botan_prefix: prints where a Botan that is new enough stands ("/usr" for the package), or fails.
# Among several cached builds the newest counts.
botan_prefix() {
  local found best=
  if botan_new_enough "$(botan_version)" && [ -z "${CULVERT_BOTAN_BUILD:-}" ]; then printf '/usr\n'; return; fi
  for found in $(compgen -G "$(botan_pinned '*')"); do
    botan_new_enough "$(botan_version "$found")" || continue
    if [ -z "$best" ] || dpkg --compare-versions "$(botan_version "$found")" gt "$(botan_version "$best")"; then best=$found; fi
  done
  [ -n "$best" ] && printf '%s\n' "$best"
}

# security_archive: base address of Debian's security archive, as this machine's own configuration knows it. A machine that has
# no security suite configured names only the main archive; its security archive stands beside it, under the same mirror.
security_archive() {
  local targets
  targets=$(apt-get indextargets --format '$(REPO_URI) $(LABEL) $(CODENAME)' 'Created-By: Packages')
  awk '$2 == "Debian-Security" || $1 ~ /debian-security\/?$/ {print $1; exit}' <<<"$targets" | grep . && return
  awk '$1 ~ /\/debian\/?$/ {sub(/\/?$/, "", $1); print $1 "-security/"; exit}' <<<"$targets" | grep . && return
  printf 'no Debian archive among the package sources of this machine\n' >&2
  return 1
}

# security_source KIND: the line of a source list for the security suite that has our Botan; KIND is deb or deb-src.
security_source() {
  local archive codename=trixie
  archive=$(security_archive) || return 1
  [ "$(debian_release)" -le 13 ] || codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
  printf '%s [signed-by=%s] %s %s-security main\n' "$1" /usr/share/keyrings/debian-archive-keyring.gpg "$archive" "$codename"
}

# private_apt DIR PROGRAM ARGUMENTS...: apt with the source list DIR/sources.list and lists and cache in DIR.
private_apt() {
  local dir=$1 program=$2
  shift 2
  "$program" -q -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache" \
    -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

# botan_from_package DIR: Debian 13 and later. If the machine's sources offer an older one, the package of the security suite,
# with a private list that holds that suite besides what the machine has.
botan_from_package() {
  local dir=$1 version
  have_package_lists || refresh_package_lists || return 1
  version=$(apt-cache policy libbotan-3-dev | sed -n 's/^ *Candidate: *//p')
  if botan_new_enough "$version"; then
    install_packages libbotan-3-dev
    return
  fi
  mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
  { cat /etc/apt/sources.list 2>/dev/null || true; security_source deb; } >"$dir/sources.list" || return 1
  cp -a /var/lib/apt/lists/*_dists_* "$dir/lists/"
  as_root env DEBIAN_FRONTEND=noninteractive bash -c "$(declare -f private_apt)"'
    private_apt "$1" apt-get update &&
    private_apt "$1" apt-get install -y --no-install-recommends --no-remove libbotan-3-dev' _ "$dir"
}

# botan_fetch DIR: unpacks the source package into DIR/source.
botan_fetch() {
  local dir=$1
  mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
  security_source deb-src >"$dir/sources.list" || return 1
  (cd "$dir" && private_apt "$dir" apt-get -o Dir::Etc::sourceparts=/dev/null update &&
    private_apt "$dir" apt-get -o Dir::Etc::sourceparts=/dev/null source --download-only botan3 &&
    dpkg-source -x botan3_*.dsc source)
}

# botan_source_version DIR: the version of what botan_fetch unpacked, without Debian's additions.
botan_source_version() { sed -n 's/^Version: *\([0-9.]*\).*/\1/p' "$1"/botan3_*.dsc | head -n 1; }

# botan_build DIR PREFIX: a static library; installed beside its final place and renamed there, so that a build that was cut
# off leaves nothing that looks like a Botan.
botan_build() {
  local dir=$1 prefix=$2 compiler=g++
  rm -rf "$prefix.part"
  cd "$dir/source" || return 1
  command -v ccache >/dev/null 2>&1 && compiler='ccache g++'
  python3 configure.py --prefix="$prefix" --minimized-build --disable-shared-library --without-documentation \
    --build-targets=static --cc=gcc --cc-bin="$compiler" --enable-modules="$(botan_modules)" &&
    make -j"$(jobs_wanted)" && make install DESTDIR="$dir/root" && mkdir -p "$(dirname "$prefix")" &&
    cp -a "$dir/root$prefix" "$prefix.part" && mv "$prefix.part" "$prefix"
}
