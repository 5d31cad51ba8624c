#include <weir/connectors/csv/detail/classify.hpp>

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weir::csv::detail {
namespace {

/// A CR counts as a line end only when no LF follows; `next` is the byte after the 64 bytes.
inline masks combine(std::uint64_t delimiters, std::uint64_t lf, std::uint64_t cr,
                     std::uint64_t specials, char next) {
    const std::uint64_t before_lf = (lf >> 1) | (std::uint64_t{next == '\n'} << 63);
    const std::uint64_t line_ends = lf | (cr & ~before_lf);
    return {delimiters | line_ends, line_ends, specials};
}

/// Bit i of the result is set when byte i of `word` (the first in memory is byte 0) equals `c`.
inline std::uint64_t equal_bytes(std::uint64_t word, char c) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t low7 = 0x7f * ones;
    const std::uint64_t x = word ^ (ones * static_cast<unsigned char>(c));
    // The top bit of each byte is set when that byte of x is zero, with no carry between bytes.
    const std::uint64_t zero = ~(((x & low7) + low7) | x | low7);
    return ((zero >> 7) * 0x0102040810204080U) >> 56;
}

void classify_portable(const char* text, std::size_t count, const needles& n, masks* out) {
    for (std::size_t i = 0; i != count; ++i, text += 64) {
        std::uint64_t delimiters = 0, lf = 0, cr = 0, specials = 0;
        for (unsigned j = 0; j != 8; ++j) {
            std::uint64_t word = 0;
            if constexpr (std::endian::native == std::endian::little) {
                std::memcpy(&word, text + 8 * j, 8);
            } else {
                for (unsigned k = 0; k != 8; ++k) {
                    word |= std::uint64_t{static_cast<unsigned char>(text[8 * j + k])} << (8 * k);
                }
            }
            delimiters |= equal_bytes(word, n.delimiter) << (8 * j);
            lf |= equal_bytes(word, '\n') << (8 * j);
            cr |= equal_bytes(word, '\r') << (8 * j);
            specials |= (equal_bytes(word, n.quote) | equal_bytes(word, n.comment)) << (8 * j);
        }
        out[i] = combine(delimiters, lf, cr, specials, text[64]);
    }
}

#if defined(__x86_64__)

inline std::uint64_t equal_sse2(const __m128i (&v)[4], __m128i c) {
    std::uint64_t bits = 0;
    for (unsigned j = 0; j != 4; ++j) {
        const auto part = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(v[j], c)));
        bits |= std::uint64_t{part} << (16 * j);
    }
    return bits;
}

void classify_sse2(const char* text, std::size_t count, const needles& n, masks* out) {
    const __m128i delimiter = _mm_set1_epi8(n.delimiter), quote = _mm_set1_epi8(n.quote),
                  comment = _mm_set1_epi8(n.comment), lf = _mm_set1_epi8('\n'),
                  cr = _mm_set1_epi8('\r');
    for (std::size_t i = 0; i != count; ++i, text += 64) {
        __m128i v[4];
        for (unsigned j = 0; j != 4; ++j) {
            v[j] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + 16 * j));
        }
        out[i] = combine(equal_sse2(v, delimiter), equal_sse2(v, lf), equal_sse2(v, cr),
                         equal_sse2(v, quote) | equal_sse2(v, comment), text[64]);
    }
}

[[gnu::target("avx2"), gnu::always_inline]] inline std::uint64_t bits_avx2(__m256i low,
                                                                           __m256i high) {
    const auto l = static_cast<unsigned>(_mm256_movemask_epi8(low));
    const auto h = static_cast<unsigned>(_mm256_movemask_epi8(high));
    return l | (std::uint64_t{h} << 32);
}

[[gnu::target("avx2")]] void classify_avx2(const char* text, std::size_t count, const needles& n,
                                           masks* out) {
    const __m256i delimiter = _mm256_set1_epi8(n.delimiter), quote = _mm256_set1_epi8(n.quote),
                  comment = _mm256_set1_epi8(n.comment), lf = _mm256_set1_epi8('\n'),
                  cr = _mm256_set1_epi8('\r');
    for (std::size_t i = 0; i != count; ++i, text += 64) {
        const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
        const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 32));
        const auto specials =
            bits_avx2(_mm256_or_si256(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(a, comment)),
                      _mm256_or_si256(_mm256_cmpeq_epi8(b, quote), _mm256_cmpeq_epi8(b, comment)));
        out[i] = combine(
            bits_avx2(_mm256_cmpeq_epi8(a, delimiter), _mm256_cmpeq_epi8(b, delimiter)),
            bits_avx2(_mm256_cmpeq_epi8(a, lf), _mm256_cmpeq_epi8(b, lf)),
            bits_avx2(_mm256_cmpeq_epi8(a, cr), _mm256_cmpeq_epi8(b, cr)), specials, text[64]);
    }
}

#endif

}  // namespace

std::span<const named_classifier> classifiers() {
#if defined(__x86_64__)
    static constexpr std::array<named_classifier, 3> all{
        {{"avx2", classify_avx2}, {"sse2", classify_sse2}, {"portable", classify_portable}}};
    static const bool has_avx2 = __builtin_cpu_supports("avx2");
    return std::span{all}.subspan(has_avx2 ? 0 : 1);
#else
    static constexpr std::array<named_classifier, 1> all{{{"portable", classify_portable}}};
    return all;
#endif
}

}  // namespace weir::csv::detail
