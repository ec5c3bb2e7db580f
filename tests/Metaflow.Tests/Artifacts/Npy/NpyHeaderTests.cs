using System.Buffers;
using System.Text;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Tests.Artifacts.Npy;

public sealed class NpyHeaderTests
{
    internal static byte[] Bytes(string dictionary, int dataLength, byte major = 1)
    {
        var text = Encoding.Latin1.GetBytes(dictionary);
        byte[] length = major == 1
            ? [(byte)text.Length, (byte)(text.Length >> 8)]
            : [(byte)text.Length, (byte)(text.Length >> 8), (byte)(text.Length >> 16), (byte)(text.Length >> 24)];
        return [0x93, .. "NUMPY"u8, major, 0, .. length, .. text, .. new byte[dataLength]];
    }

    private static (NpyHeader? Header, string? Problem) Read(byte[] bytes)
    {
        NpyHeader.TryRead(new ReadOnlySequence<byte>(bytes), out var header, out var problem);
        return (header, problem);
    }

    [Theory]
    [InlineData(new long[] { 3 }, "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }")]
    [InlineData(new long[] { 2, 3 }, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }")]
    [InlineData(new long[] { }, "{'descr': '<f8', 'fortran_order': False, 'shape': (), }")]
    public void Write_Shape_IsWhatNumPyWrites(long[] shape, string expected)
    {
        var bytes = NpyHeader.Write(new('f', 8), shape);

        Assert.Equal(0, bytes.Length % 64);
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0, (byte)(bytes.Length - 10), 0], bytes[..10]);
        Assert.Equal(expected, Encoding.ASCII.GetString(bytes[10..]).TrimEnd(' ', '\n'));
        Assert.Equal((byte)'\n', bytes[^1]);
    }

    [Fact]
    public void Write_ManyDimensions_FitsTheHeader()
    {
        var shape = Enumerable.Repeat(1L, 31).Append(long.MaxValue).ToArray();

        Assert.Equal(0, NpyHeader.Write(new('c', 16), shape).Length % 64);
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 16)]
    [InlineData("{'shape': (2,), 'descr': '<f8', 'fortran_order': False}", 16)]
    [InlineData("{\"descr\":\"<f8\",\"fortran_order\":False,\"shape\":(2,)}   \n", 16)]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }", 16)]
    [InlineData("{'descr': '=f8', 'fortran_order': True, 'shape': (1, 2), }", 16)]
    public void TryRead_FormsThatNumPyWrote_AreUnderstood(string text, int dataLength)
    {
        var (header, problem) = Read(Bytes(text, dataLength));

        Assert.Null(problem);
        Assert.Equal(new('f', 8), header!.Type);
        Assert.Equal(2, header.Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void TryRead_LaterVersions_AreUnderstood(byte version)
    {
        var (header, _) = Read(Bytes("{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }", 8, version));

        Assert.True(header is { IsBigEndian: true, Shape: [2] });
    }

    [Theory]
    [InlineData("", "its header cannot be understood")]
    [InlineData("{", "its header cannot be understood")]
    [InlineData("{'descr': '<f8'}", "its header cannot be understood")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), } x", "its header cannot be understood")]
    [InlineData("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", "its header cannot be understood")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'more': 1}", "its header cannot be understood")]
    [InlineData("{'descr': '<f8', 'fortran_order': 0, 'shape': (2,), }", "its header cannot be understood")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }", "its header cannot be understood")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "its header cannot be understood")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1 2), }", "its header cannot be understood")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': 2, }", "its header cannot be understood")]
    [InlineData("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", "its elements are structures")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "its element type '|O' is not one of bool")]
    [InlineData("{'descr': '<U5', 'fortran_order': False, 'shape': (2,), }", "its element type '<U5' is not one of bool")]
    [InlineData("{'descr': '<f16', 'fortran_order': False, 'shape': (2,), }", "its element type '<f16' is not one of bool")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", "float64, 3 takes 24 bytes, and there are 16")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "float64, 1 takes 8 bytes, and there are 16")]
    public void TryRead_WhatIsNotAnArray_SaysWhy(string text, string expected)
    {
        var (header, problem) = Read(Bytes(text, 16));

        Assert.Null(header);
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(4611686018427387904, 4)")]
    [InlineData("(4294967296, 4294967296)")]
    [InlineData("(9223372036854775807, 9223372036854775807, 9223372036854775807)")]
    public void TryRead_ShapeThatOverflows_IsRefused(string shape) =>
        Assert.NotNull(Read(Bytes($"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}", 0)).Problem);

    [Fact]
    public void TryRead_EmptyDimensionBesideHugeOnes_IsEmpty()
    {
        var (header, _) = Read(Bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807, 0), }", 0));

        Assert.Equal(0, header!.Count);
    }

    [Fact]
    public void TryRead_TooManyDimensions_AreRefused()
    {
        var shape = string.Concat(Enumerable.Repeat("1, ", 33));

        Assert.NotNull(Read(Bytes($"{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}", 8)).Problem);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0 })]
    [InlineData(new byte[] { 0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 255, 255 })]
    [InlineData(new byte[] { 0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 9, 0, 0, 0 })]
    [InlineData(new byte[] { 0x93, 0x4e, 0x55, 0x4d, 0x50, 0x58, 1, 0, 0, 0 })]
    public void TryRead_DamagedPreamble_IsRefused(byte[] bytes) => Assert.NotNull(Read(bytes).Problem);
}
