dnl phpize and configure for an extension that cargo builds. What to build, and by which Rust, is in Cargo.toml alone.

PHP_ARG_ENABLE([apn-ami],
  [whether to enable the Asterisk Manager Interface client],
  [AS_HELP_STRING([--enable-apn-ami],
    [Enable the Asterisk Manager Interface client])],
  [yes])

PHP_ARG_WITH([apn-ami-cargo],
  [for the cargo that builds apn_ami],
  [AS_HELP_STRING([--with-apn-ami-cargo=PATH],
    [Build by this cargo; its rustc stands beside it [cargo of the PATH]])],
  [no],
  [no])

PHP_ARG_WITH([apn-ami-libclang],
  [for the libclang that reads the headers of PHP],
  [AS_HELP_STRING([--with-apn-ami-libclang=DIR],
    [Folder of libclang, where it is not found])],
  [no],
  [no])

PHP_ARG_WITH([apn-ami-cargo-flags],
  [for more arguments of cargo],
  [AS_HELP_STRING([--with-apn-ami-cargo-flags=FLAGS],
    [More arguments of cargo build, such as --offline])],
  [no],
  [no])

PHP_ARG_ENABLE([apn-ami-debug],
  [whether to build apn_ami without optimisation],
  [AS_HELP_STRING([--enable-apn-ami-debug],
    [Build apn_ami without optimisation, for its developers])],
  [no],
  [no])

if test "$PHP_APN_AMI" != "no"; then
  ext_srcdir=PHP_EXT_SRCDIR
  ext_builddir=PHP_EXT_BUILDDIR

  dnl --- PHP

  apn_ami_php=$($PHP_CONFIG --vernum 2>/dev/null)
  if test "${apn_ami_php:-0}" -lt 80400; then
    AC_MSG_ERROR([apn_ami needs PHP 8.4 or newer, and $PHP_CONFIG belongs to $($PHP_CONFIG --version). Name another one by --with-php-config=PATH, and run the phpize beside it first.])
  fi

  dnl --- Rust

  AC_ARG_VAR([CARGO], [the cargo that builds apn_ami])
  if test "$PHP_APN_AMI_CARGO" != "no" && test "$PHP_APN_AMI_CARGO" != "yes"; then
    CARGO=$PHP_APN_AMI_CARGO
  fi
  dnl rustup installs into the home of a user, who may have opened this shell before.
  AC_PATH_PROGS([CARGO], [cargo], [], [$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:/usr/local/cargo/bin])
  apn_ami_needed=$($SED -n 's/^rust-version = "\([[0-9.]]*\)".*/\1/p' "$ext_srcdir/Cargo.toml")
  apn_ami_advice="Install Rust $apn_ami_needed or newer: by your distribution where it has one (apt-get install cargo-web on Debian 13, cargo on Ubuntu 26.04 and Fedora), or by https://rustup.rs. Name a cargo outside of the PATH by --with-apn-ami-cargo=PATH"
  if test -z "$CARGO"; then
    AC_MSG_ERROR([there is no cargo, and this extension is written in Rust. $apn_ami_advice])
  fi
  AC_MSG_CHECKING([for Rust $apn_ami_needed or newer])
  apn_ami_cargo_dir=$(dirname "$CARGO")
  apn_ami_rust=$(cd "$ext_srcdir" && PATH=$apn_ami_cargo_dir:$PATH $CARGO --version 2>&1)
  apn_ami_rust_version=$(echo "$apn_ami_rust" | $SED -n 's/^cargo \([[0-9]]*\.[[0-9]]*\)\..*/\1/p')
  AC_MSG_RESULT([$apn_ami_rust])
  if test -z "$apn_ami_rust_version"; then
    AC_MSG_ERROR([$CARGO does not say which version it is: $apn_ami_rust. $apn_ami_advice])
  fi
  if ! echo "$apn_ami_rust_version $apn_ami_needed" | $AWK '{ split([$]1, has, "."); split([$]2, needs, "."); exit !(has[[1]] > needs[[1]] || has[[1]] == needs[[1]] && has[[2]] >= needs[[2]]) }'; then
    AC_MSG_ERROR([$CARGO is $apn_ami_rust_version, which is too old. $apn_ami_advice])
  fi
  if ! (cd "$ext_srcdir" && PATH=$apn_ami_cargo_dir:$PATH ${RUSTC:-rustc} --version) >/dev/null 2>&1; then
    AC_MSG_ERROR([there is a cargo ($CARGO) and no rustc. $apn_ami_advice])
  fi

  dnl --- libclang, which bindgen loads to read PHP's headers

  AC_MSG_CHECKING([for libclang])
  if test "$PHP_APN_AMI_LIBCLANG" != "no" && test "$PHP_APN_AMI_LIBCLANG" != "yes"; then
    LIBCLANG_PATH=$PHP_APN_AMI_LIBCLANG
    if ! ls "$LIBCLANG_PATH"/libclang*.* >/dev/null 2>&1; then
      AC_MSG_RESULT([no])
      AC_MSG_ERROR([--with-apn-ami-libclang=$LIBCLANG_PATH: there is no libclang in that folder])
    fi
  fi
  apn_ami_libclang=$LIBCLANG_PATH
  if test -z "$apn_ami_libclang"; then
    for apn_ami_file in /usr/lib/llvm-*/lib/libclang*.so* /usr/lib/llvm*/lib/libclang*.so* /usr/lib/*-linux-*/libclang*.so* /usr/lib64/libclang*.so* \
      /usr/lib64/llvm*/lib*/libclang*.so* /usr/lib/libclang*.so* /usr/local/lib/libclang*.so* /usr/local/llvm*/lib/libclang*.so* \
      /opt/homebrew/opt/llvm*/lib/libclang.dylib /usr/local/opt/llvm*/lib/libclang.dylib \
      /Library/Developer/CommandLineTools/usr/lib/libclang.dylib \
      /Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/lib/libclang.dylib; do
      if test -e "$apn_ami_file"; then apn_ami_libclang=$apn_ami_file; break; fi
    done
  fi
  if test -z "$apn_ami_libclang" && llvm-config --libdir >/dev/null 2>&1; then
    apn_ami_libclang=$(llvm-config --libdir)
  fi
  if test -z "$apn_ami_libclang"; then
    AC_MSG_RESULT([no])
    AC_MSG_ERROR([there is no libclang, which reads the headers of PHP. Install it: apt-get install libclang-dev, dnf install clang-devel, apk add clang-libclang or xcode-select --install. Name its folder by --with-apn-ami-libclang=DIR where it is not found.])
  fi
  AC_MSG_RESULT([$apn_ami_libclang])

  dnl --- how cargo is called

  APN_AMI_ENV="MAKEFLAGS= MFLAGS="
  dnl Where the PATH has changed, the bindings of PHP are made anew.
  if test "$(command -v cargo)" != "$CARGO"; then APN_AMI_ENV="PATH=\"$apn_ami_cargo_dir:\$\$PATH\" $APN_AMI_ENV"; fi
  test -z "$LIBCLANG_PATH" || APN_AMI_ENV="$APN_AMI_ENV LIBCLANG_PATH=\"$LIBCLANG_PATH\""
  dnl A PHP that is found anyhow stays unnamed: by these variables cargo tells whether something has to be built anew.
  if test "$(readlink -f "$PHP_EXECUTABLE")" != "$(readlink -f "$(command -v php)")"; then
    APN_AMI_ENV="$APN_AMI_ENV PHP=\"$PHP_EXECUTABLE\""
  fi
  apn_ami_php_config=$(command -v "$PHP_CONFIG")
  if test "$(readlink -f "$apn_ami_php_config")" != "$(readlink -f "$(command -v php-config)")"; then
    APN_AMI_ENV="$APN_AMI_ENV PHP_CONFIG=\"$apn_ami_php_config\""
  fi
  dnl With musl, Rust links statically by default and makes no library then.
  case $($CC -dumpmachine 2>/dev/null) in
    *-musl*) APN_AMI_ENV="$APN_AMI_ENV RUSTFLAGS=\"\$\$RUSTFLAGS -C target-feature=-crt-static\"" ;;
  esac

  APN_AMI_FLAGS=--locked
  test "$PHP_APN_AMI_CARGO_FLAGS" = "no" || APN_AMI_FLAGS="$APN_AMI_FLAGS $PHP_APN_AMI_CARGO_FLAGS"
  APN_AMI_PROFILE=release
  if test "$PHP_APN_AMI_DEBUG" != "no"; then APN_AMI_PROFILE=debug; fi
  test "$APN_AMI_PROFILE" = "debug" || APN_AMI_FLAGS="$APN_AMI_FLAGS --release"
  APN_AMI_TARGET=${CARGO_TARGET_DIR:-$(pwd)/target}

  PHP_SUBST([CARGO])
  PHP_SUBST([APN_AMI_ENV])
  PHP_SUBST([APN_AMI_FLAGS])
  PHP_SUBST([APN_AMI_PROFILE])
  PHP_SUBST([APN_AMI_TARGET])

  PHP_MODULES="$PHP_MODULES \$(phplibdir)/apn_ami.la"
  PHP_ADD_MAKEFILE_FRAGMENT([$ext_srcdir/packaging/Makefile.frag], [$ext_srcdir], [$ext_builddir])
  dnl Of what it is made, so that "sudo make install" does not call cargo, which root may not have.
  (printf '%s' '$(phplibdir)/apn_ami.la:'
    for apn_ami_file in "$ext_srcdir/Cargo.toml" "$ext_srcdir/Cargo.lock" "$ext_srcdir/build.rs" $(find "$ext_srcdir/src" -name '*.rs' ! -path '*/simulator/*' ! -path '*/fuzz/*' ! -path '*/tests/*'); do
      printf ' \\\n\t%s' "$apn_ami_file"
    done
    echo) >> Makefile.fragments
fi
