#pragma once
#include <weir/testing/script.hpp>
