#include "stepconf/evaluation/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "stepconf/estimator/csv.h"

namespace stepconf::evaluation {
namespace {

// Dark to light, and apart for the colour-blind; neighbours differ in grey too (viridis, without
// its yellow).
constexpr std::array<const char*, 8> kColours = {"#440154", "#46327e", "#365c8d", "#277f8e",
                                                 "#1fa187", "#4ac16d", "#94c83a", "#d9a514"};
constexpr std::array<int, 8> kPoints = {7, 5, 9, 13, 11, 15, 6, 4};

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + '"';
}

bool is_published(const Curve& curve) {
  return curve.look == Curve::Look::published || curve.look == Curve::Look::published_points;
}

std::vector<std::string> names_of(const Chart& chart) {
  std::vector<std::string> names;
  for (const Curve& curve : chart.curves) {
    if (is_published(curve)) continue;
    if (std::ranges::count(names, curve.name) == 0) names.push_back(curve.name);
  }
  return names;
}

struct Style {
  const char* colour;
  int point;
  // Of the line: curves that lie on each other are told apart where the upper ones have gaps.
  int dashes;
};

// Few curves are spread over all colours.
Style style_of(std::size_t index, std::size_t count) {
  constexpr std::size_t kStyles = kColours.size();
  std::size_t place = index % kStyles;
  const bool few = 1 < count && count < kStyles && index < count;
  if (few) place = index * (kStyles - 1) / (count - 1);
  return {kColours[place], kPoints[place], static_cast<int>(index % 3) + 1};
}

std::string terminals(const std::string& body, const std::string& file, int width, int height) {
  return fmt::format(
      "set terminal svg size {0},{1} font 'sans-serif,13' background rgb 'white'\n"
      "set output '{2}.svg'\n{3}"
      "set terminal pngcairo size {0},{1} font 'sans-serif,10'\n"
      "set output '{2}.png'\nreplot\nset output\n",
      width, height, file, body);
}

std::string plot_of(const Curve& curve, std::size_t block, const Style& style,
                    const std::string& title) {
  const auto with = [&](const std::string& look) {
    return fmt::format("$curve{} using 1:2 with {} {}", block, look, title);
  };
  const std::string colour = fmt::format("lc rgb '{}'", style.colour);
  const std::string marks = fmt::format("pt {} ps 0.8 {}", style.point, colour);
  switch (curve.look) {
    case Curve::Look::fitted:
      return with("lines lw 1.2 " + colour);
    case Curve::Look::points:
      return with("points " + marks);
    case Curve::Look::published:
      return with("lines lw 2 dt 2 lc rgb '#808080'");
    case Curve::Look::published_points:
      return with("points pt 3 ps 1.1 lc rgb '#606060'");
    case Curve::Look::measured:
      break;
  }
  std::string line = with(fmt::format("linespoints lw 1.5 dt {} {}", style.dashes, marks));
  if (std::ranges::none_of(curve.points, [](auto& point) { return point.deviation > 0; })) {
    return line;
  }
  // First, for they blot out what lies where their points would be.
  return fmt::format("$curve{} using 1:2:3 with yerrorbars pt 0 lw 1 {} notitle, ", block, colour) +
         line;
}

struct Range {
  double least = 0, most = 0;

  void take(double value) {
    least = least == 0 ? value : std::min(least, value);
    most = std::max(most, value);
  }
  // A tenth more on either side, for an axis of logarithms.
  Range widened() const { return {least / 1.1, most * 1.1}; }
};

std::string ticks(const char* axis, const std::vector<double>& at) {
  std::vector<std::string> labels;
  for (const double value : at) labels.push_back(fmt::format("\"{0:g}\" {0:g}", value));
  return fmt::format("set {} ({})\n", axis, fmt::join(labels, ", "));
}

// 1, 2 and 5 of each power of ten; the powers alone where they are many.
std::vector<double> ticks_of_logarithms(const Range& range) {
  std::vector<double> at;
  const bool wide = range.most / range.least > 1000;
  for (double power = std::pow(10, std::floor(std::log10(range.least))); power <= range.most;
       power *= 10) {
    for (const double part : {1.0, 2.0, 5.0}) {
      if (part > 1 && wide) continue;
      if (part * power >= range.least && part * power <= range.most) at.push_back(part * power);
    }
  }
  return at;
}

std::string axes_of(const Chart& chart) {
  Range x, y;
  for (const Curve& curve : chart.curves) {
    for (const Point& point : curve.points) {
      x.take(point.x);
      y.take(point.y);
    }
  }
  std::string text = fmt::format("set title {}\nset xlabel {}\nset ylabel {}\n",
                                 quoted(chart.title), quoted(chart.x_title), quoted(chart.y_title));
  text += fmt::format("set key outside right top title {} left Left reverse samplen 2\n",
                      quoted(chart.legend_title));
  text += "set grid lc rgb '#cccccc' lw 1 dt 1\nset border 3\nset tics nomirror\n";
  if (chart.log_y) {
    const Range range = y.widened();
    text += fmt::format("set logscale y\nset yrange [{:.4g}:{:.4g}]\n", range.least, range.most);
    text += ticks("ytics", ticks_of_logarithms(range));
  } else {
    text += "set yrange [0:*]\n";
  }
  if (chart.log_x) {
    const Range range = x.widened();
    text += fmt::format("set logscale x\nset xrange [{:.4g}:{:.4g}]\n", range.least, range.most);
  } else {
    text += fmt::format("set xrange [0:{:.4g}]\n", x.most * 1.04);
  }
  if (!chart.x_ticks.empty()) text += ticks("xtics", chart.x_ticks);
  return text;
}

const char* kind_of(Curve::Look look) {
  switch (look) {
    case Curve::Look::fitted:
      return "fitted";
    case Curve::Look::published:
    case Curve::Look::published_points:
      return "published";
    case Curve::Look::measured:
    case Curve::Look::points:
      break;
  }
  return "measured";
}

}  // namespace

std::string to_csv(const Chart& chart) {
  std::string text =
      fmt::format("{},{},{},deviation,kind\n", chart.name_column, chart.x_column, chart.y_column);
  for (const Curve& curve : chart.curves) {
    for (const Point& point : curve.points) {
      text += fmt::format("{},{:.6g},{:.6g},{:.4g},{}\n", estimator::csv_field(curve.name), point.x,
                          point.y, point.deviation, kind_of(curve.look));
    }
  }
  return text;
}

std::string gnuplot_script(const Chart& chart) {
  std::string text = "set encoding utf8\n";
  for (std::size_t i = 0; i < chart.curves.size(); ++i) {
    text += fmt::format("$curve{} << END\n", i);
    for (const Point& point : chart.curves[i].points) {
      text += fmt::format("{:.6g} {:.6g} {:.6g}\n", point.x, point.y, point.deviation);
    }
    text += "END\n";
  }
  const auto names = names_of(chart);
  std::vector<std::string> plots, told;
  for (std::size_t i = 0; i < chart.curves.size(); ++i) {
    const Curve& curve = chart.curves[i];
    const auto index = std::ranges::find(names, curve.name) - names.begin();
    const Style style = style_of(static_cast<std::size_t>(index), names.size());
    const bool again = std::ranges::count(told, curve.name) > 0;
    told.push_back(curve.name);
    plots.push_back(plot_of(curve, i, style, again ? "notitle" : "title " + quoted(curve.name)));
  }
  const std::string body = axes_of(chart) + fmt::format("plot {}\n", fmt::join(plots, ", \\\n  "));
  return text + terminals(body, chart.file, 860, 460);
}

std::string gnuplot_script(const HeatMap& map) {
  std::string text = "set encoding utf8\n$map << END\n";
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    for (std::size_t column = 0; column < map.columns.size(); ++column) {
      const auto& value = map.values[row][column];
      if (value) text += fmt::format("{} {} {:.6g}\n", column, row, *value * 100);
    }
  }
  text += "END\n";
  const auto ticks = [](const std::vector<int>& labels) {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      result.push_back(fmt::format("\"{}\" {}", labels[i], i));
    }
    return fmt::format("({})", fmt::join(result, ", "));
  };
  std::string body =
      fmt::format("set title {}\nset xlabel {}\nset ylabel {}\nset cblabel {}\n", quoted(map.title),
                  quoted(map.x_title), quoted(map.y_title), quoted(map.value_title));
  body += fmt::format("unset key\nset tics out nomirror\nset xtics {}\nset ytics {}\n",
                      ticks(map.columns), ticks(map.rows));
  body += fmt::format("set xrange [-0.5:{}]\nset yrange [-0.5:{}]\nset cbrange [0:{}]\n",
                      static_cast<double>(map.columns.size()) - 0.5,
                      static_cast<double>(map.rows.size()) - 0.5, map.most * 100);
  // As in the paper, the lighter the greater; so the figures stand dark on light and light on dark.
  body += "set palette defined (0 '#2c2a6b', 0.5 '#21918c', 1 '#fde725')\n";
  body += fmt::format(
      "plot $map using 1:2:(0.5):(0.5):3 with boxxyerror fs solid noborder fc palette, \\\n"
      "  $map using 1:2:(sprintf('%.1f', $3)):($3 > {} ? 0x000000 : 0xffffff) with labels tc rgb "
      "variable\n",
      map.most * 50);
  return text + terminals(body, map.file, 760, 400);
}

}  // namespace stepconf::evaluation
