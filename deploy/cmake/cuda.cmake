# What a CUDA build of LibTorch makes possible, for the target scoreserve_models
# and all that link it: SCORESERVE_CUDA, streams, pinned memory and graphs, where
# the runtime's headers are there too; SCORESERVE_ADVANCE_CUDA, the kernel of
# models/samplers/advance.cu, where there is nvcc as well. Both come with the
# wheels that LibTorch's depends on, or with a toolkit. Without them a GPU is
# used by LibTorch's plain operations.
if(NOT EXISTS "${SCORESERVE_TORCH_ROOT}/lib/libtorch_cuda.so")
  return()
endif()
file(GLOB cuda_roots ${SCORESERVE_TORCH_ROOT}/../nvidia/cu1*
  ${SCORESERVE_TORCH_ROOT}/../nvidia/cuda_runtime
  ${SCORESERVE_TORCH_ROOT}/../nvidia/cuda_nvcc)
list(APPEND cuda_roots $ENV{CUDA_HOME} /usr/local/cuda)
find_path(SCORESERVE_CUDA_INCLUDE cuda_runtime_api.h HINTS ${cuda_roots}
  PATH_SUFFIXES include)
find_library(SCORESERVE_CUDART NAMES cudart libcudart.so.13 libcudart.so.12
  HINTS ${cuda_roots} PATH_SUFFIXES lib lib64)
if(NOT SCORESERVE_CUDA_INCLUDE OR NOT SCORESERVE_CUDART)
  message(STATUS "LibTorch has CUDA, but its runtime's headers are not here: "
    "a GPU is used by plain operations")
  return()
endif()
target_compile_definitions(scoreserve_models PUBLIC SCORESERVE_CUDA)
target_compile_options(scoreserve_models PUBLIC
  "SHELL:-idirafter ${SCORESERVE_CUDA_INCLUDE}")
target_link_libraries(scoreserve_models PUBLIC
  ${SCORESERVE_TORCH_ROOT}/lib/libc10_cuda.so ${SCORESERVE_CUDART})

find_program(SCORESERVE_NVCC nvcc HINTS ${cuda_roots} PATH_SUFFIXES bin)
if(NOT SCORESERVE_NVCC)
  message(STATUS "there is no nvcc: rows move by plain operations on a GPU")
  return()
endif()
set(advance_object ${CMAKE_CURRENT_BINARY_DIR}/advance.cu.o)
set(absl_includes $<TARGET_PROPERTY:absl::span,INTERFACE_INCLUDE_DIRECTORIES>)
# PTX, which any driver compiles for the GPU that it finds, and Hopper's code.
add_custom_command(OUTPUT ${advance_object}
  COMMAND ${SCORESERVE_NVCC} -std=c++20 -O3 --fmad=false -Xcompiler=-fPIC
    -gencode arch=compute_80,code=compute_80
    -gencode arch=compute_90,code=sm_90
    -I${CMAKE_SOURCE_DIR} "$<$<BOOL:${absl_includes}>:-I$<JOIN:${absl_includes},;-I>>"
    -c ${CMAKE_CURRENT_SOURCE_DIR}/samplers/advance.cu -o ${advance_object}
  DEPENDS samplers/advance.cu samplers/advance_cuda.h samplers/row_math.h
    samplers/advance.h samplers/noise.h samplers/step_table.h
  COMMAND_EXPAND_LISTS VERBATIM)
target_sources(scoreserve_models PRIVATE ${advance_object})
target_compile_definitions(scoreserve_models PUBLIC SCORESERVE_ADVANCE_CUDA)
