// The parts of the extension; one bind_<core folder>.cpp each.
#pragma once

#include <pybind11/pybind11.h>

namespace microchim::bindings {

void bind_run(pybind11::module_& module);
void bind_read(pybind11::module_& module);
void bind_qpcr(pybind11::module_& module);
void bind_chimerism(pybind11::module_& module);

/// Text of ours for Python. File contents may be quoted in it: what is no UTF-8 is replaced, never thrown about.
inline pybind11::str text(const std::string& bytes) {
    PyObject* decoded = PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace");
    if (decoded == nullptr) throw pybind11::error_already_set();
    return pybind11::reinterpret_steal<pybind11::str>(decoded);
}

}  // namespace microchim::bindings
