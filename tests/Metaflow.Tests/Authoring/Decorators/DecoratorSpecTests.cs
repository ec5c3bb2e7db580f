namespace Metaflow.Tests.Authoring.Decorators;

public sealed class DecoratorSpecTests
{
    [Fact]
    public void Parse_NameAlone_HasTheDefaults() => Assert.Equal(3, Assert.IsType<RetryAttribute>(DecoratorSpec.Parse("retry")).Times);

    [Theory]
    [InlineData("retry:times=2,delay-seconds=0.5")]
    [InlineData("retry:Times=2,DelaySeconds=0.5")]
    [InlineData("retry: times=2, delay_seconds=0.5")]
    public void Parse_Properties_AreSetWhateverTheSpelling(string spec)
    {
        var retry = Assert.IsType<RetryAttribute>(DecoratorSpec.Parse(spec));

        Assert.Equal(2, retry.Times);
        Assert.Equal(0.5, retry.DelaySeconds);
    }

    [Fact]
    public void Parse_EveryBuiltInDecorator_IsKnown()
    {
        Assert.Equal("Fault", Assert.IsType<CatchAttribute>(DecoratorSpec.Parse("catch:var=Fault,print-exception=false")).Var);
        Assert.Equal(90, Assert.IsType<TimeoutAttribute>(DecoratorSpec.Parse("timeout:minutes=1,seconds=30")).Total.TotalSeconds);
        Assert.Equal(512, Assert.IsType<ResourcesAttribute>(DecoratorSpec.Parse("resources:cpu=2,memory-mb=512")).MemoryMb);
    }

    [Fact]
    public void Parse_ConstructorArguments_AreGivenByName()
    {
        var environment = Assert.IsType<EnvironmentAttribute>(DecoratorSpec.Parse("environment:name=MODE,value=fast"));

        Assert.Equal(("MODE", "fast"), (environment.Name, environment.Value));
    }

    [Fact]
    public void Parse_CommaThatNoPropertyFollows_BelongsToTheValue() =>
        Assert.Equal("a,b c,d", Assert.IsType<EnvironmentAttribute>(DecoratorSpec.Parse("environment:name=X,value=a,b c,d")).Value);

    [Theory]
    [InlineData("retyr", "there is no decorator 'retyr'. Did you mean 'retry'? There are: ")]
    [InlineData("", "there is no decorator ''.")]
    [InlineData("retry:time=3", "--with retry: there is no property 'time'. Did you mean 'times'? It has: times, delay-seconds, backoff-factor, ")]
    [InlineData("retry:3", "--with retry: '3' is not of the form property=value.")]
    [InlineData("retry:times=1,times=2", "--with retry: 'times' is given twice.")]
    [InlineData("retry:times=x", "--with retry:times: 'x' is not a whole number (int).")]
    [InlineData("retry:times=9", "--with retry:times=9: Times must be from 0 to 4, not 9.")]
    [InlineData("timeout", "--with timeout: give a duration")]
    [InlineData("environment:name=A", "--with environment: 'value' is required: --with environment:value=…")]
    public void Parse_Wrong_SaysWhatIsAllowed(string spec, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => DecoratorSpec.Parse(spec)).Message, StringComparison.Ordinal);
}
