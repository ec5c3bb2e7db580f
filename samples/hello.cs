#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;

return await Flow.RunAsync<HelloFlow>(args);

/// <summary>Three steps that run one after another and pass a greeting on.</summary>
public partial class HelloFlow : FlowSpec
{
    /// <summary>What the flow says; every run keeps it.</summary>
    [Artifact] public partial string Greeting { get; set; }

    /// <summary>The flow begins in the step named Start.</summary>
    [Step]
    public Transition Start()
    {
        Console.WriteLine($"This is run {Current.RunId} of {Current.FlowName}.");
        return Next(Hello);
    }

    /// <summary>What is assigned to an artifact is stored when the step ends.</summary>
    [Step]
    public Transition Hello()
    {
        Greeting = "Hello, .NET!";
        return Next(End);
    }

    /// <summary>A later step reads it, even if it runs in another process. The flow ends in the step named End.</summary>
    [Step]
    public void End() => Console.WriteLine(Greeting);
}
