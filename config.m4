dnl phpize looks here.
m4_include([packaging/config.m4])
