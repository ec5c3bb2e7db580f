using Metaflow.Definitions;
using Metaflow.Runtime.Scheduling;

namespace Metaflow.Tests.Runtime.Scheduling;

public sealed partial class ResourceGateTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(1, 0, 0, 4)]
    [InlineData(2, 0, 0, 2)]
    [InlineData(0, 400, 0, 2)]
    [InlineData(0, 0, 1, 3)]
    [InlineData(9, 0, 0, 1)]
    [InlineData(0, 9999, 0, 1)]
    [InlineData(0, 0, 9, 1)]
    [InlineData(0, 0, 0, 100)]
    public void Fits_Need_LetsInWhatTheMachineHolds(double cpu, int memoryMb, int gpu, int expected)
    {
        var gate = Gate(new ResourcesAttribute { Cpu = cpu, MemoryMb = memoryMb, Gpu = gpu });

        Assert.Equal(expected, FillUp(gate));
        gate.Leave("Start");
        Assert.True(gate.Fits("Start"));
    }

    [Fact]
    public void Fits_ConcurrencyLimit_HoldsForTheStepAlone()
    {
        var gate = Gate(new ConcurrencyAttribute { Max = 2 });

        Assert.Equal(2, FillUp(gate));
        Assert.True(gate.Fits("End"));
    }

    [Theory]
    [InlineData("0,1,2", 3)]
    [InlineData("GPU-8932f937,GPU-8932f938", 2)]
    [InlineData("0,-1,2", 1)]
    [InlineData("", 0)]
    public void CountGpus_Variable_IsBelieved(string variable, int expected) =>
        Assert.Equal(expected, LocalMachine.CountGpus(variable, _directory.FullName));

    [Fact]
    public void CountGpus_NoVariable_CountsDevices()
    {
        foreach (var name in (string[])["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"])
        {
            File.WriteAllText(Path.Join(_directory.FullName, name), "");
        }

        Assert.Equal(2, LocalMachine.CountGpus(null, _directory.FullName));
        Assert.Equal(0, LocalMachine.CountGpus(null, Path.Join(_directory.FullName, "none")));
    }

    private static ResourceGate Gate(StepDecorator start) => new(
        FlowRegistry.Get(typeof(GatedFlow)), step => step == "Start" ? [start] : [], new(Cores: 4, MemoryMb: 1000, Gpus: 3));

    private static int FillUp(ResourceGate gate)
    {
        var count = 0;
        for (; count < 100 && gate.Fits("Start"); count++)
        {
            gate.Enter("Start");
        }

        return count;
    }

    internal sealed partial class GatedFlow : FlowSpec
    {
        [Step]
        public Transition Start() => Next(End);

        [Step]
        public void End()
        {
        }
    }
}
