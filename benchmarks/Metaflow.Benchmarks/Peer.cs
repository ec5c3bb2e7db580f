namespace Metaflow.Benchmarks;

/// <summary>The Python reference, run from a checkout with the system's Python.</summary>
internal sealed class Peer
{
    private const string ThreeSteps = """
        from metaflow import FlowSpec, step

        class ThreeSteps(FlowSpec):
            @step
            def start(self):
                self.value = 1
                self.next(self.middle)

            @step
            def middle(self):
                self.value += 1
                self.next(self.end)

            @step
            def end(self):
                print("value", self.value)

        if __name__ == "__main__":
            ThreeSteps()
        """;

    private const string WideForEach = """
        from metaflow import FlowSpec, Parameter, step

        class WideForEach(FlowSpec):
            tasks = Parameter("tasks", default=100)

            @step
            def start(self):
                self.items = list(range(self.tasks))
                self.next(self.work, foreach="items")

            @step
            def work(self):
                self.value = 2 * self.input
                self.next(self.join)

            @step
            def join(self, inputs):
                self.sum = sum(i.value for i in inputs)
                self.next(self.end)

            @step
            def end(self):
                print("sum", self.sum)

        if __name__ == "__main__":
            WideForEach()
        """;

    private readonly string _prefix;

    /// <param name="checkout">The checkout's directory.</param>
    /// <param name="directory">Where the flows are written.</param>
    public Peer(string checkout, string directory)
    {
        File.WriteAllText(Path.Join(directory, "ThreeSteps.py"), ThreeSteps);
        File.WriteAllText(Path.Join(directory, "WideForEach.py"), WideForEach);
        _prefix = $"env METAFLOW_USER=bench PYTHONPATH='{Path.GetFullPath(checkout)}' /usr/bin/python3 ";
    }

    /// <summary>A command line for a flow.</summary>
    public string Command(string flow, string arguments) => $"{_prefix}{flow}.py --no-pylint {arguments}";
}
