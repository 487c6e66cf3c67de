# How targets of this project are declared: culvert_library, culvert_test, culvert_fuzzer.

add_library(culvert_flags INTERFACE)
target_include_directories(culvert_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_features(culvert_flags INTERFACE cxx_std_20)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(culvert_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                         -Wno-sign-conversion -Wswitch-enum -Wnon-virtual-dtor -fno-omit-frame-pointer)
endif()
if(CULVERT_WERROR)
  target_compile_options(culvert_flags INTERFACE -Werror)
endif()
if(CULVERT_SANITIZE)
  target_compile_options(culvert_flags INTERFACE -fsanitize=${CULVERT_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(culvert_flags INTERFACE -fsanitize=${CULVERT_SANITIZE})
else()
  target_compile_options(culvert_flags INTERFACE -fstack-protector-strong)
  target_compile_definitions(culvert_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
if(CULVERT_FUZZ)
  target_compile_options(culvert_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# culvert_library(NAME FILES file... [PUBLIC lib...] [PRIVATE lib...])
# One static library of one sub-folder. PUBLIC only where a header needs it.
function(culvert_library name)
  cmake_parse_arguments(A "" "" "FILES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${A_FILES})
  target_link_libraries(${name} PUBLIC culvert_flags ${A_PUBLIC} PRIVATE ${A_PRIVATE})
endfunction()

# culvert_test(NAME FILES file... LINK lib...)
# One GoogleTest program, registered in ctest under its own name.
function(culvert_test name)
  cmake_parse_arguments(A "" "" "FILES;LINK" ${ARGN})
  add_executable(${name} ${A_FILES})
  target_link_libraries(${name} PRIVATE culvert_flags ${A_LINK} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE CULVERT_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}"
                             CULVERT_SOURCE_ROOT="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

# culvert_fuzzer(NAME FILES file... LINK lib...)
# One libFuzzer program; built only with the preset `fuzz`.
function(culvert_fuzzer name)
  cmake_parse_arguments(A "" "" "FILES;LINK" ${ARGN})
  if(NOT CULVERT_FUZZ)
    return()
  endif()
  add_executable(${name} ${A_FILES})
  target_link_libraries(${name} PRIVATE culvert_flags ${A_LINK} -fsanitize=fuzzer)
  set_property(GLOBAL APPEND PROPERTY CULVERT_FUZZERS ${name})
endfunction()
