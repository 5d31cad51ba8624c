#pragma once
#include <weir/testing/drive.hpp>
