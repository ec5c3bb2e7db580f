using Metaflow.Extensions;

namespace Metaflow.Generators.Tests;

/// <summary>Decorators of extensions; they are tested here because a test flow's own decorators are offered by its command line.</summary>
public sealed class ExtensionRegistryTests
{
    [Fact]
    public void AddDecorator_New_IsKnownByItsName()
    {
        var registry = new ExtensionRegistry();
        registry.AddDecorator<MarkAttribute>();
        registry.AddDecorator<MarkAttribute>();

        Assert.IsType<MarkAttribute>(registry.CreateDecorator("mark"));
        Assert.Contains("mark", registry.DecoratorNames);
    }

    [Fact]
    public void AddDecorator_NameThatIsTaken_NamesBoth()
    {
        var fault = Assert.Throws<MetaflowException>(() => new ExtensionRegistry().AddDecorator<OtherAttribute>());

        Assert.Contains("Metaflow.RetryAttribute", fault.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(OtherAttribute), fault.Message, StringComparison.Ordinal);
    }

    private sealed class MarkAttribute : StepDecorator;

    private sealed class OtherAttribute : StepDecorator
    {
        public override string DecoratorName => "retry";
    }
}
