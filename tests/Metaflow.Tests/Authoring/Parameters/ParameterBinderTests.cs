using Metaflow.Binding;
using Metaflow.Definitions;
using Metaflow.Tests.Cli;

namespace Metaflow.Tests.Authoring.Parameters;

public sealed class ParameterBinderTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Bind_NothingGiven_KeepsTheInitialiser()
    {
        var flow = Bind(new() { });

        Assert.Equal(5, flow.Top);
    }

    [Fact]
    public void Bind_ValueGiven_WinsOverAComputedDefault()
    {
        var calls = 0;

        var flow = Bind(new() { ["Top"] = "7" }, Top(computeDefault: _ => ++calls));

        Assert.Equal(7, flow.Top);
        Assert.Equal(0, calls);
    }

    [Fact]
    public void Bind_ComputedDefault_IsCalledOnceWithTheContext()
    {
        var contexts = new List<ParameterContext>();

        var flow = Bind([], Top(computeDefault: context =>
        {
            contexts.Add(context);
            return 42;
        }));

        Assert.Equal(42, flow.Top);
        Assert.Equal([new("SampleFlow", "Top", "ada")], contexts);
    }

    [Fact]
    public void Bind_ComputedDefaultThrows_NamesTheMethodAndTheOption()
    {
        var fault = Assert.Throws<MetaflowException>(
            () => Bind([], Top(_ => throw new InvalidOperationException("no calendar"), new() { DefaultFrom = "Latest" })));

        Assert.StartsWith(
            "The default of parameter 'Top' could not be computed: Latest of flow 'SampleFlow' threw an exception. Mend it, or give --top.",
            fault.Message,
            StringComparison.Ordinal);
        Assert.Contains("no calendar", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Bind_RequiredAndNotGiven_IsRefused(bool keyword, bool attribute)
    {
        var fault = Assert.Throws<UsageException>(() => Bind([], Top(null, new() { Required = attribute }, keyword)));

        Assert.Equal("--top is required: give it a value (int), or set METAFLOW_RUN_TOP.", fault.Message);
    }

    [Fact]
    public void Bind_MissingFile_NamesThePath()
    {
        var path = Path.Join(_cli.WorkingDirectory, "movies.csv");

        var fault = Assert.Throws<UsageException>(() => Bind(new() { ["Table"] = path }, Table()));

        Assert.Equal($"--table: the file '{path}' does not exist.", fault.Message);
    }

    [Fact]
    public void Bind_MissingDefaultFile_NamesThePath()
    {
        var fault = Assert.Throws<UsageException>(() => Bind([], Table("/nowhere/movies.csv")));

        Assert.Equal("--table: the file '/nowhere/movies.csv' does not exist.", fault.Message);
    }

    [Fact]
    public void Bind_Directory_IsNoFile()
    {
        var fault = Assert.Throws<UsageException>(() => Bind(new() { ["Table"] = _cli.WorkingDirectory }, Table()));

        Assert.Equal($"--table: '{_cli.WorkingDirectory}' is a directory, not a file.", fault.Message);
    }

    [Fact]
    public void Bind_File_IsRead()
    {
        var flow = Bind(new() { ["Table"] = _cli.Write("movies.csv", "a,b") }, Table());

        Assert.Equal("a,b", flow.Table!.ReadAllText());
        Assert.Equal(3, flow.Table.Size);
    }

    [Fact]
    public void Bind_OptionalFileAbsent_IsNull() => Assert.Null(Bind([], Table()).Table);

    [Fact]
    public void Bind_DefaultFileElsewhere_IsFoundBesideTheProgram()
    {
        var written = _cli.Write("table.csv", "a,b");
        var flow = new OptionsFlow { Table = "table.csv" };

        new ParameterBinder(SampleFlow.Define(Table()), "ada", ["/nowhere", Path.GetDirectoryName(written)!]).Bind(flow, _ => null);

        Assert.Equal("a,b", flow.Table.ReadAllText());
        Assert.Equal("table.csv", flow.Table.Path);
    }

    [Fact]
    public void Bind_GivenFileElsewhere_IsNotLookedForBesideTheProgram()
    {
        var folder = Path.GetDirectoryName(_cli.Write("table.csv", "a,b"))!;

        var fault = Assert.Throws<UsageException>(() =>
            new ParameterBinder(SampleFlow.Define(Table()), "ada", [folder]).Bind(new OptionsFlow(), _ => new("--table", ["table.csv"])));

        Assert.Equal("--table: the file 'table.csv' does not exist.", fault.Message);
    }

    [Fact]
    public void Bind_FileInMemoryAsDefault_IsKept()
    {
        var parameter = Table();
        var flow = new OptionsFlow { Table = IncludedFile.FromText("x") };

        new ParameterBinder(SampleFlow.Define(parameter), "ada").Bind(flow, _ => null);

        Assert.Equal("x", flow.Table.ReadAllText());
    }

    [Theory]
    [InlineData("Tag", null, "--tag")]
    [InlineData("MaxWorkers", null, "--max-workers")]
    [InlineData("Top", "run_id", "--run-id")]
    public void Bind_ReservedName_IsRefused(string name, string? option, string expected)
    {
        var parameter = new ParameterDefinition<int>(name, flow => 0, (_, _) => { }) { Attribute = new() { Name = option } };

        var fault = Assert.Throws<MetaflowException>(() => Bind([], parameter));

        Assert.Contains($"the option {expected}, which is reserved", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_TwoParametersWithOneOption_AreRefused()
    {
        var other = new ParameterDefinition<int>("TOP", flow => 0, (_, _) => { });

        var fault = Assert.Throws<MetaflowException>(() => Bind([], Top(), other));

        Assert.Equal("Parameters 'Top' and 'TOP' of flow 'SampleFlow' would both be the option --top. Rename one.", fault.Message);
    }

    private static OptionsFlow Bind(Dictionary<string, string> given, params ParameterDefinition[] parameters)
    {
        var flow = new OptionsFlow();
        var definition = SampleFlow.Define(parameters.Length > 0 ? parameters : [Top()]);
        new ParameterBinder(definition, "ada").Bind(
            flow, parameter => given.TryGetValue(parameter.Name, out var text) ? new(parameter.Name, [text]) : null);
        return flow;
    }

    private static ParameterDefinition<int> Top(
        Func<ParameterContext, int>? computeDefault = null, ParameterAttribute? attribute = null, bool isRequired = false) =>
        new("Top", flow => ((OptionsFlow)flow).Top, (flow, value) => ((OptionsFlow)flow).Top = value, computeDefault)
        {
            Attribute = attribute ?? new(),
            IsRequired = isRequired,
        };

    private static ParameterDefinition<IncludedFile?> Table(string? initial = null) => new(
        "Table",
        flow => ((OptionsFlow)flow).Table ??= initial is null ? null : IncludedFile.FromPath(initial),
        (flow, value) => ((OptionsFlow)flow).Table = value);

    private sealed class OptionsFlow : FlowSpec
    {
        public int Top { get; set; } = 5;

        public IncludedFile? Table { get; set; }
    }
}
