#include "stepconf/cli/main.h"

int main(int argc, char** argv) { return stepconf::cli::main(argc, argv); }
