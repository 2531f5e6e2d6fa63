// Amplitude files as QuantaSoft 1.7 writes them, made up.
#pragma once

#include <cstdio>
#include <random>
#include <string>

/// One well: two colours, three in ten droplets positive in each.
inline std::string amplitude_file(unsigned seed, int droplets) {
    std::mt19937 generator(seed);
    std::normal_distribution<double> first(4900, 250), second(1380, 120);
    std::bernoulli_distribution positive(0.3);
    std::string file = "Ch1 Amplitude,Ch2 Amplitude,Cluster\n";
    char line[64];
    for (int i = 0; i < droplets; ++i) {
        const bool one = positive(generator), two = positive(generator);
        const int code = two ? (one ? 3 : 4) : (one ? 2 : 1);
        const int length = std::snprintf(line, sizeof line, "%.4f,%.4f,%d\n", first(generator) + (one ? 5200 : 0),
                                         second(generator) + (two ? 4650 : 0), code);
        file.append(line, static_cast<std::size_t>(length));
    }
    return file;
}
