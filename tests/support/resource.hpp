#pragma once
#include <weir/testing/resource.hpp>
