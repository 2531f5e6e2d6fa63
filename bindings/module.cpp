// microchim._core: the C++ behind the Python package. It speaks in JSON documents, the same that the command prints,
// and in arrays; the package makes them pleasant.
#include <spdlog/spdlog.h>

#include "bindings/bind.hpp"
#include "core/run/errors.hpp"
#include "core/run/version.hpp"

namespace py = pybind11;

namespace microchim::bindings {
namespace {

/// Raises microchim.errors.<name>; the classes live there so that they have a base, attributes and pickling.
template <class Error>
void raise(const char* name, const Error& error) {
    const py::object type = py::module_::import("microchim.errors").attr(name);
    const py::object path = error.path.empty() ? py::object(py::none()) : py::object(text(error.path));
    const py::object line = error.line ? py::object(py::int_(*error.line)) : py::object(py::none());
    const py::object hint = error.hint.empty() ? py::object(py::none()) : py::object(text(error.hint));
    PyErr_SetObject(type.ptr(), type(text(error.what()), path, line, hint).ptr());
}

void translate(std::exception_ptr thrown) {
    try {
        if (thrown) std::rethrow_exception(thrown);
    } catch (const ReadError& error) {
        raise("ReadError", error);
    } catch (const ConfigError& error) {
        raise("ConfigError", error);
    }
}

}  // namespace
}  // namespace microchim::bindings

PYBIND11_MODULE(_core, module) {
    module.doc() = "The C++ core of microchim. Private: use the package.";
    module.attr("version") = microchim::version;
    spdlog::set_level(spdlog::level::warn);  // the log goes to stdout, which is the notebook's
    py::register_exception_translator(&microchim::bindings::translate);
    microchim::bindings::bind_run(module);
    microchim::bindings::bind_read(module);
    microchim::bindings::bind_qpcr(module);
    microchim::bindings::bind_chimerism(module);
}
