#pragma once
#include <weir/testing/virtual_clock.hpp>
