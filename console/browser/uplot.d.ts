// The page loads uPlot's own module under this name (see console/assets.ts); browsers know no package names.
import uPlot from 'uplot'

export default uPlot
