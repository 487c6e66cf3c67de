# Sourced by tools/setup after lib.sh: which Debian packages are needed, and how they are installed without a question, without
# starting a service and without a change to the machine's package sources.

PACKAGES_BUILD="g++ cmake ninja-build make ccache pkg-config python3 libevent-dev liblmdb-dev libsodium-dev libspdlog-dev
  libfmt-dev libgtest-dev libgmock-dev libbenchmark-dev libunbound-dev libcurl4-openssl-dev libtomlplusplus-dev libcli11-dev
  nlohmann-json3-dev libpsl-dev libidn2-dev libunistring-dev zlib1g-dev dns-root-data"
PACKAGES_BOTAN_SOURCE="dpkg-dev xz-utils ca-certificates"
PACKAGES_TESTS="swaks openssl gpgsm python3-dkim python3-dnspython python3-lmdb faketime nsd ldnsutils iproute2 procps strace clang clang-tidy
  clang-format universal-ctags dovecot-sieve dovecot-lmtpd libemail-simple-perl altermime"
PACKAGES_MAIL_SERVER="postfix postfix-policyd-spf-python"
# What tests/interop/run compares with; heavy, so that only its --setup installs them. The JDK, because a JRE compiles no driver.
PACKAGES_INTEROP="openssl gpgsm gpg-agent libnss3-tools libbcmail-java default-jdk-headless"

# test_packages: those of --tests, with the run-time of the sanitizers in the version of this release's clang.
test_packages() {
  local clang=14
  [ "$(debian_release)" -lt 13 ] || clang=19
  printf '%s libclang-rt-%s-dev' "$PACKAGES_TESTS" "$clang"
}

# missing_packages NAME...: prints those that are not installed.
missing_packages() {
  local installed
  installed=$({ dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null || true; } | sed -n 's/^[hi]i *//p')
  comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$installed")
}

# refresh_package_lists: only where there are none, or when a package could not be had with those that are there.
refresh_package_lists() { as_root apt-get -q update; }

have_package_lists() { compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }

# apt_install NAME...: removes nothing, keeps configuration files, asks nothing.
apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends --no-remove \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# install_packages NAME...: with fresh lists if the present ones are missing or out of date.
install_packages() {
  have_package_lists || refresh_package_lists || return 1
  apt_install "$@" && return
  refresh_package_lists && apt_install "$@"
}

# without_services COMMAND...: installs packages whose services must not run here. policy-rc.d is Debian's own way to say so; one
# that the machine already has stays untouched.
without_services() {
  local policy=/usr/sbin/policy-rc.d made= status=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy" && made=1
  fi
  "$@" || status=$?
  [ -z "$made" ] || as_root rm -f "$policy"
  return $status
}

# keep_stopped SERVICE...: nor do they start with the machine's next boot.
keep_stopped() {
  local service
  for service in "$@"; do
    if command -v systemctl >/dev/null 2>&1; then
      as_root systemctl disable --no-reload "$service" || true
    elif [ -e "/etc/init.d/$service" ]; then
      as_root update-rc.d "$service" disable || true
    fi
  done
}

# install_test_packages NAME...: name servers and their like, installed as programs and not as services.
install_test_packages() {
  without_services install_packages "$@" || return 1
  case " $* " in *" nsd "*) keep_stopped nsd ;; esac
}

# install_mail_server: Postfix without a configuration of its own; the tests run private instances. Never in place of a mail server
# that the machine has (apt_install removes nothing).
install_mail_server() {
  printf 'postfix postfix/main_mailer_type select No configuration\n' | as_root debconf-set-selections
  without_services install_packages $PACKAGES_MAIL_SERVER && keep_stopped postfix
}
