# scoreserve_generate(TARGET OUT_VAR protos…): runs protoc, with the gRPC plugin
# for protos that have a service, and gives the generated sources.
#   IMPORT  the folder that the protos are named from
#   PROTOS  their names from there
#   SERVICES  those among them that define a service
function(scoreserve_generate out_sources)
  cmake_parse_arguments(ARG "" "IMPORT" "PROTOS;SERVICES;INCLUDES" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/generated)
  set(includes -I${ARG_IMPORT})
  foreach(dir IN LISTS ARG_INCLUDES)
    list(APPEND includes -I${dir})
  endforeach()
  set(sources)
  foreach(proto IN LISTS ARG_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(products ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(grpc_flags)
    if(proto IN_LIST ARG_SERVICES)
      list(APPEND products ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      set(grpc_flags --grpc_out=${out}
        --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    endif()
    add_custom_command(OUTPUT ${products}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
      COMMAND protobuf::protoc --cpp_out=${out} ${grpc_flags} ${includes} ${proto}
      DEPENDS ${ARG_IMPORT}/${proto} VERBATIM)
    list(APPEND sources ${products})
  endforeach()
  set(${out_sources} ${sources} PARENT_SCOPE)
endfunction()
