# Target check_headers: each public header of the plain libraries compiles alone, and each library links alone, so that it
# says itself what it needs. Not part of `all`; ops/test builds it. CAF's users are left out of the headers: half a minute a file.

# alleycat_check_headers(FOLDER LIBRARY [TARGET...]): TARGETs are what its headers may need and only their users link.
function(alleycat_check_headers folder library)
  if(NOT TARGET ${library})
    return()
  endif()
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${folder}/*.hpp)
  set(units)
  foreach(header ${headers})
    string(MAKE_C_IDENTIFIER ${header} name)
    set(unit ${CMAKE_BINARY_DIR}/headers/${name}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${header}\" // alone\n#include \"${header}\" // twice\n")
    list(APPEND units ${unit})
  endforeach()
  add_library(headers_of_${library} OBJECT EXCLUDE_FROM_ALL ${units})
  set_target_properties(headers_of_${library} PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(headers_of_${library} PRIVATE ${library} ${ARGN})
  add_dependencies(check_headers headers_of_${library})
endfunction()

# alleycat_check_link(LIBRARY): the whole archive, not just what main happens to use.
function(alleycat_check_link library)
  if(NOT TARGET ${library})
    return()
  endif()
  set(unit ${CMAKE_BINARY_DIR}/headers/main.cpp)
  file(CONFIGURE OUTPUT ${unit} CONTENT "int main() {}\n")
  add_executable(link_${library} EXCLUDE_FROM_ALL ${unit})
  target_link_libraries(link_${library} PRIVATE ${library})
  target_link_options(link_${library} PRIVATE LINKER:--whole-archive $<TARGET_FILE:${library}> LINKER:--no-whole-archive)
  set_target_properties(link_${library} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/headers)
  add_dependencies(link_${library} ${library})
  add_dependencies(check_headers link_${library})
endfunction()

add_custom_target(check_headers)
alleycat_check_headers(racing alleycat_racing)
alleycat_check_headers(cluster alleycat_cluster)
alleycat_check_headers(messages alleycat_messages alleycat_proto)
alleycat_check_headers(persistence alleycat_persistence PkgConfig::LMDB)
alleycat_check_headers(ops/alleycat alleycat_command)
foreach(room telemetry config http nats_server nats)
  alleycat_check_headers(node/${room} alleycat_node_${room})
  alleycat_check_link(alleycat_node_${room})
endforeach()
alleycat_check_headers(simulator alleycat_simulator)
foreach(
  library
  alleycat_racing
  alleycat_cluster
  alleycat_messages
  alleycat_persistence
  alleycat_actors
  alleycat_node_ports
  alleycat_node_queries
  alleycat_simulator
  alleycat_command)
  alleycat_check_link(${library})
endforeach()
