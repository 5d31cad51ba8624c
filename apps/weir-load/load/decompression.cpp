#include "decompression.hpp"

#include <weir/connectors/csv/file_reader.hpp>
#include <weir/connectors/csv/foreign.hpp>

// Set by the build where the library was found.
#ifndef WEIR_LOAD_HAS_ZLIB
#define WEIR_LOAD_HAS_ZLIB 0
#endif
#ifndef WEIR_LOAD_HAS_ZSTD
#define WEIR_LOAD_HAS_ZSTD 0
#endif

#if WEIR_LOAD_HAS_ZLIB
#include <zlib.h>
#endif
#if WEIR_LOAD_HAS_ZSTD
#include <zstd.h>
#endif

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace weir_load::table_load {

namespace {

namespace csv = weir::csv;

constexpr std::size_t compressed_block = std::size_t{128} << 10;

[[noreturn]] void refuse_data(const std::filesystem::path& path, std::string_view what) {
    throw csv::file_error(path, std::string(what));
}

/// The compressed bytes, a block at a time.
class compressed_input {
public:
    explicit compressed_input(byte_source_ptr from) : from_(std::move(from)) {}

    /// False: there are no more.
    bool fill() {
        begin_ = 0;
        end_ = from_->read(block_);
        return end_ != 0;
    }
    std::span<char> rest() { return std::span(block_).subspan(begin_, end_ - begin_); }
    void use(std::size_t size) { begin_ += size; }

private:
    byte_source_ptr from_;
    std::vector<char> block_ = std::vector<char>(compressed_block);
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

#if WEIR_LOAD_HAS_ZLIB
class gzip_source : public byte_source {
public:
    gzip_source(byte_source_ptr from, std::filesystem::path path)
        : in_(std::move(from)), path_(std::move(path)) {
        constexpr int gzip_only = 15 + 16;
        if (::inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc();
    }
    gzip_source(const gzip_source&) = delete;
    gzip_source& operator=(const gzip_source&) = delete;
    ~gzip_source() override { ::inflateEnd(&stream_); }

    std::size_t read(std::span<char> to) override {
        while (!ended_) {
            if (in_.rest().empty() && !in_.fill()) {
                if (between_) break;
                refuse_data(path_, "the gzip data end too early: the file was cut off");
            }
            if (between_ && !begin_member()) break;
            if (const std::size_t got = inflate_into(to); got != 0) return got;
        }
        return 0;
    }

private:
    /// What follows a member is another one, or zeros that fill a block.
    bool begin_member() {
        if (in_.rest().front() == '\0') {
            ended_ = true;
            return false;
        }
        ::inflateReset(&stream_);
        between_ = false;
        return true;
    }

    std::size_t inflate_into(std::span<char> to) {
        const auto in = in_.rest();
        stream_.next_in = reinterpret_cast<Bytef*>(in.data());
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(to.data());
        stream_.avail_out = static_cast<uInt>(to.size());
        const int code = ::inflate(&stream_, Z_NO_FLUSH);
        in_.use(in.size() - stream_.avail_in);
        if (code == Z_STREAM_END) {
            between_ = true;
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            refuse_data(path_, std::string("the gzip data are damaged: ") +
                                   (stream_.msg ? stream_.msg : "they cannot be read"));
        }
        return to.size() - stream_.avail_out;
    }

    compressed_input in_;
    std::filesystem::path path_;
    z_stream stream_{};
    bool between_ = false;
    bool ended_ = false;
};
#endif

#if WEIR_LOAD_HAS_ZSTD
class zstd_source : public byte_source {
public:
    zstd_source(byte_source_ptr from, std::filesystem::path path)
        : in_(std::move(from)), path_(std::move(path)), stream_(::ZSTD_createDStream()) {
        if (!stream_) throw std::bad_alloc();
    }

    std::size_t read(std::span<char> to) override {
        for (;;) {
            // What a full output kept back comes without more input.
            if (in_.rest().empty() && !more_ && !in_.fill()) {
                if (whole_) return 0;
                refuse_data(path_, "the zstd data end too early: the file was cut off");
            }
            const auto rest = in_.rest();
            ZSTD_inBuffer in{rest.data(), rest.size(), 0};
            ZSTD_outBuffer out{to.data(), to.size(), 0};
            const std::size_t code = ::ZSTD_decompressStream(stream_.get(), &out, &in);
            if (::ZSTD_isError(code) != 0) {
                refuse_data(path_,
                            std::string("the zstd data are damaged: ") + ::ZSTD_getErrorName(code));
            }
            in_.use(in.pos);
            whole_ = code == 0;
            more_ = out.pos == out.size && !whole_;
            if (out.pos != 0) return out.pos;
        }
    }

private:
    struct free_stream {
        void operator()(ZSTD_DStream* s) const noexcept { ::ZSTD_freeDStream(s); }
    };

    compressed_input in_;
    std::filesystem::path path_;
    std::unique_ptr<ZSTD_DStream, free_stream> stream_;
    bool whole_ = true;
    bool more_ = false;
};
#endif

}  // namespace

compression compression_of(std::string_view head) noexcept {
    if (head.starts_with("\x1f\x8b")) return compression::gzip;
    if (head.starts_with("\x28\xb5\x2f\xfd")) return compression::zstd;
    return compression::none;
}

std::string_view to_string(compression kind) noexcept {
    switch (kind) {
        case compression::gzip:
            return "gzip";
        case compression::zstd:
            return "zstd";
        case compression::none:
            break;
    }
    return "none";
}

bool can_decompress(compression kind) noexcept {
    if (kind == compression::gzip) return WEIR_LOAD_HAS_ZLIB != 0;
    if (kind == compression::zstd) return WEIR_LOAD_HAS_ZSTD != 0;
    return true;
}

byte_source_ptr decompressed(compression kind, byte_source_ptr from,
                             const std::filesystem::path& path) {
#if WEIR_LOAD_HAS_ZLIB
    if (kind == compression::gzip) return std::make_unique<gzip_source>(std::move(from), path);
#endif
#if WEIR_LOAD_HAS_ZSTD
    if (kind == compression::zstd) return std::make_unique<zstd_source>(std::move(from), path);
#endif
    if (kind == compression::none) return from;
    const std::string_view name = to_string(kind);
    refuse_data(path, "it is compressed by " + std::string(name) +
                          ", and this weir-load was built without " + std::string(name) +
                          ": decompress it first, with " +
                          (kind == compression::gzip ? "zcat" : "zstdcat"));
}

}  // namespace weir_load::table_load
