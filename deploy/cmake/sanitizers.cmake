if(SCORESERVE_SANITIZE)
  add_compile_options(-fsanitize=${SCORESERVE_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${SCORESERVE_SANITIZE})
endif()
