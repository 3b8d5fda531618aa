#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stepconf::evaluation {

/// A point of a curve; `deviation` is drawn as an error bar where it is not 0.
struct Point {
  double x = 0;
  double y = 0;
  double deviation = 0;
};

/// One curve of a chart, drawn in order of x.
struct Curve {
  enum class Look {
    /// Points with a line through them.
    measured,
    /// A thin line without points.
    fitted,
    /// Points alone.
    points,
    /// A dashed grey line, or grey points: what others have published.
    published,
    published_points,
  };

  /// What the legend says; curves of equal name share a colour and stand there once.
  std::string name;
  Look look = Look::measured;
  std::vector<Point> points;
};

/// A picture of curves, such as duration against memory.
struct Chart {
  /// Of its files, without an extension.
  std::string file;
  std::string title;
  std::string x_title, y_title, legend_title;
  bool log_x = false, log_y = false;
  /// Where the x axis has labels; empty: gnuplot's choice.
  std::vector<double> x_ticks;
  /// Column names of the CSV: what a curve's name is, x and y.
  std::string name_column = "curve", x_column = "x", y_column = "y";
  std::vector<Curve> curves;
};

/// A picture of a table whose cells are shares, such as relative errors.
struct HeatMap {
  std::string file;
  std::string title;
  std::string x_title, y_title, value_title;
  std::vector<int> columns, rows;
  /// By row, then column; absent where nothing is known.
  std::vector<std::vector<std::optional<double>>> values;
  /// The value at the end of the scale of colours.
  double most = 0.1;
};

/// Writes a chart as CSV: a row a point, with `kind` measured, fitted or published.
std::string to_csv(const Chart& chart);

/// Writes the gnuplot script that draws it as FILE.svg and FILE.png, where it is run.
std::string gnuplot_script(const Chart& chart);
std::string gnuplot_script(const HeatMap& map);

}  // namespace stepconf::evaluation
