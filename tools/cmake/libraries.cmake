# Third-party libraries, each as one imported target. tools/setup installs them. The targets are global, so that a project
# that adds this one as a folder can link to what stands on them.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# What `tools/setup --print-prefix` says where Botan is a package.
if(CULVERT_BOTAN_PREFIX STREQUAL "/usr")
  set(CULVERT_BOTAN_PREFIX "")
endif()
if(CULVERT_BOTAN_PREFIX)
  set(ENV{PKG_CONFIG_PATH} "${CULVERT_BOTAN_PREFIX}/lib/pkgconfig:$ENV{PKG_CONFIG_PATH}")
endif()
# Older versions have holes on our path: quadratic BER, TLS client authentication, OCSP.
pkg_check_modules(BOTAN REQUIRED IMPORTED_TARGET GLOBAL botan-3>=3.12)
if(CULVERT_BOTAN_PREFIX)
  # The static library; its own pkg-config file names the system libraries that it needs.
  add_library(botan INTERFACE)
  target_include_directories(botan SYSTEM INTERFACE ${BOTAN_INCLUDE_DIRS})
  target_link_libraries(botan INTERFACE ${CULVERT_BOTAN_PREFIX}/lib/libbotan-3.a Threads::Threads dl rt)
else()
  add_library(botan ALIAS PkgConfig::BOTAN)
endif()

pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET GLOBAL libsodium>=1.0.18)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET GLOBAL zlib>=1.2.13)
pkg_check_modules(LIBEVENT REQUIRED IMPORTED_TARGET GLOBAL libevent>=2.1 libevent_pthreads)
pkg_check_modules(LMDB REQUIRED IMPORTED_TARGET GLOBAL lmdb>=0.9.24)
pkg_check_modules(UNBOUND REQUIRED IMPORTED_TARGET GLOBAL libunbound>=1.17)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET GLOBAL libcurl>=7.88)
pkg_check_modules(IDN2 REQUIRED IMPORTED_TARGET GLOBAL libidn2>=2.3)
# Has no pkg-config file.
find_path(UNISTRING_INCLUDE_DIR uninorm.h REQUIRED)
find_library(UNISTRING_LIBRARY unistring REQUIRED)
add_library(UNISTRING::UNISTRING UNKNOWN IMPORTED GLOBAL)
set_target_properties(UNISTRING::UNISTRING PROPERTIES IMPORTED_LOCATION ${UNISTRING_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${UNISTRING_INCLUDE_DIR})
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET GLOBAL libpsl>=0.21)
find_package(spdlog REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
pkg_check_modules(TOMLPP REQUIRED IMPORTED_TARGET GLOBAL tomlplusplus>=3.2)
find_package(CLI11 2.1 REQUIRED)
if(CULVERT_TESTS)
  find_package(GTest REQUIRED)
  if(CULVERT_BENCH)
    find_package(benchmark REQUIRED)
  endif()
endif()
