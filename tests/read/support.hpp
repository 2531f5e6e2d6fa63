// Readers, folders and zips made up for the tests.
#pragma once

#include <zip.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/read/host.hpp"
#include "core/run/errors.hpp"
#include "microchim/table.hpp"

namespace microchim::test {

namespace fs = std::filesystem;
using Files = std::vector<std::pair<std::string, std::string>>;

/// A folder of its own that goes away with it.
struct Scratch {
    fs::path path;
    Scratch() {
        std::string name = (fs::temp_directory_path() / "microchim-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~Scratch() { fs::remove_all(path); }
    Scratch(const Scratch&) = delete;

    fs::path write(const std::string& name, const std::string& content) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << content;
        return path / name;
    }

    fs::path zip(const std::string& name, const Files& files, const char* password = nullptr) const {
        int fault = 0;
        zip_t* archive = zip_open((path / name).c_str(), ZIP_CREATE | ZIP_TRUNCATE, &fault);
        for (const auto& [entry, content] : files) {
            const auto index =
                zip_file_add(archive, entry.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0),
                             ZIP_FL_ENC_UTF_8);
            if (password && index >= 0)
                zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, password);
        }
        if (zip_close(archive) != 0) throw std::runtime_error("zip_close");
        return path / name;
    }
};

inline std::string slurp(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The message of the ReadError that `work` throws; "" where it throws none.
template <class Work>
std::string complaint(Work work) {
    try {
        work();
    } catch (const ReadError& error) {
        return error.what();
    }
    return "";
}

/// A reader that does what the test says: claims files beginning with `Mark`, reports what `script` reports.
using Script = std::function<void(const reader::Bundle&, const reader::Sink&)>;
inline Script script;

struct Scripted {
    static constexpr const char *id = "scripted", *name = "Scripted", *version = "1.0.0", *maturity = "draft";
    static std::int32_t probe(const reader::Bundle&) { return MICROCHIM_YES; }
    static void read(const reader::Bundle& bundle, const reader::Sink& sink) { script(bundle, sink); }
};

template <class R>
read::Reader in_process() {
    static const microchim_reader exported{
        R::id, R::name, R::version, R::maturity, &reader::detail::probe<R>, &reader::detail::read<R>};
    return read::Reader::of(exported, "built in");
}

/// What the host makes of a reader that reports this from run.csv.
inline Run reported(Script what) {
    script = std::move(what);
    return read::read_with(in_process<Scripted>(), read::Bundle::of({{"run.csv", "content"}}, "run.csv")).front();
}

}  // namespace microchim::test
