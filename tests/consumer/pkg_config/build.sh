# shellcheck shell=sh disable=SC2046,SC2086
# [pkg_config]
CXX=${CXX:-g++}
$CXX -std=c++20 -Wall -Wextra $CXXFLAGS -c consumer.cpp $(pkg-config --cflags weir-csv weir-sqlite)
$CXX consumer.o -o consumer $(pkg-config --libs weir-csv weir-sqlite)
# [/pkg_config]
